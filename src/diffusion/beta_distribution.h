// Quantiles of the symmetric beta distribution, for the `beta` schedulers.
#pragma once

namespace sfumato {

// The x in [0, 1] below which Beta(shape, shape) has the probability p in [0, 1]: scipy.stats.beta.ppf(p, shape,
// shape), to 1e-12. shape > 0.
[[nodiscard]] double beta_quantile(double p, double shape);

}  // namespace sfumato
