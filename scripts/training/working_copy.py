"""The network that computes, beside the one that is trained: weights in bfloat16 for the passes, float32 for the optimiser.

    copy = WorkingCopy(master, device)
    loss.backward()            # through copy.network
    copy.give_gradients()      # to the master's parameters, in float32
    optimizer.step()           # on the master
    copy.take_weights()

On processors that do not multiply bfloat16 the network computes in float32, and is the master itself.
"""

import copy

import torch
from torch import nn

from training.device import computes_bfloat16


class WorkingCopy:
    def __init__(self, master: nn.Module, device: torch.device):
        self.dtype = torch.bfloat16 if computes_bfloat16(device) else torch.float32
        self.network = master if self.dtype == torch.float32 else copy.deepcopy(master).to(self.dtype)
        self.pairs = [] if self.network is master else list(zip(master.parameters(), self.network.parameters()))

    @torch.no_grad()
    def give_gradients(self) -> None:
        for master, working in self.pairs:
            if master.grad is None:
                master.grad = torch.empty_like(master)
            master.grad.copy_(working.grad)
            working.grad = None

    @torch.no_grad()
    def take_weights(self) -> None:
        if self.pairs:
            torch._foreach_copy_([working for _, working in self.pairs], [master for master, _ in self.pairs])
