"""What scripts/check/{kills,faults,torture}.py share."""
