"""Muon [Jordan et al. 2024] for matrices and convolutions, AdamW for the rest.

The update of a matrix is its momentum made orthogonal by five Newton-Schulz steps, scaled so that its root mean square is
that of an AdamW update [Liu et al. 2025, Moonlight, eq. 4]: both share a learning rate. A convolution [O, C, kh, kw] is the
matrix [O, C kh kw].
"""

from collections.abc import Iterable

import torch

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
STEPS = 5
RMS = 0.2


class MuonWithAdamW(torch.optim.Optimizer):
    def __init__(self, parameters: Iterable[torch.nn.Parameter], lr: float, momentum: float = 0.95, betas: tuple[float, float] = (0.9, 0.99),
                 weight_decay: float = 0.01):
        parameters = list(parameters)
        matrices = [p for p in parameters if p.ndim >= 2 and min(p.shape[0], p[0].numel()) > 1]
        chosen = {id(p) for p in matrices}
        groups = [{"params": matrices, "matrices": True}, {"params": [p for p in parameters if id(p) not in chosen], "matrices": False}]
        super().__init__(groups, {"lr": lr, "momentum": momentum, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure=None) -> None:
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                update = self._matrix_update(parameter, group) if group["matrices"] else self._adam_update(parameter, group)
                parameter.sub_(update, alpha=group["lr"])

    def _matrix_update(self, parameter: torch.nn.Parameter, group: dict) -> torch.Tensor:
        state = self.state[parameter]
        momentum = state.setdefault("momentum", torch.zeros_like(parameter))
        momentum.lerp_(parameter.grad, 1 - group["momentum"])
        nesterov = parameter.grad.lerp(momentum, group["momentum"])
        flat = orthogonal(nesterov.reshape(len(nesterov), -1))
        return flat.view(nesterov.shape) * (RMS * max(flat.shape) ** 0.5)

    def _adam_update(self, parameter: torch.nn.Parameter, group: dict) -> torch.Tensor:
        state, (beta1, beta2) = self.state[parameter], group["betas"]
        mean = state.setdefault("mean", torch.zeros_like(parameter))
        square = state.setdefault("square", torch.zeros_like(parameter))
        state["step"] = state.get("step", 0) + 1
        mean.lerp_(parameter.grad, 1 - beta1)
        square.lerp_(parameter.grad.square(), 1 - beta2)
        return mean / (1 - beta1 ** state["step"]) / ((square / (1 - beta2 ** state["step"])).sqrt() + 1e-8)


def orthogonal(matrix: torch.Tensor) -> torch.Tensor:
    """[m, n] -> about U V' of its singular value decomposition U S V', in bfloat16 products; singular values 0.7 to 1.2"""
    a, b, c = COEFFICIENTS
    x = matrix.bfloat16()
    if tall := x.shape[0] > x.shape[1]:
        x = x.T
    x = x / (x.norm() + 1e-7)
    for _ in range(STEPS):
        product = x @ x.T
        x = a * x + (b * product + c * product @ product) @ x
    return (x.T if tall else x).float()
