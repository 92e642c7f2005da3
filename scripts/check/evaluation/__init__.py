"""What check/evaluate.py asks for, how it has it drawn, how it measures, and how it reports."""
