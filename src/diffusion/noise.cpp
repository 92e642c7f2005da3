#include "diffusion/noise.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <c10/util/accumulate.h>

#include "diffusion/philox.h"

namespace sfumato {

NoiseSource::NoiseSource(std::uint64_t seed, std::vector<std::int64_t> shape, at::Device device, Rng rng)
    : seed_(seed),
      rng_(rng),
      generator_(at::make_generator<at::CPUGeneratorImpl>(seed)),
      shape_(std::move(shape)),
      device_(device) {}

at::Tensor NoiseSource::draw() {
  if (rng_ == Rng::cpu) return at::randn(shape_, generator_, at::TensorOptions(at::kFloat)).to(device_);
  const auto count = static_cast<std::size_t>(c10::multiply_integers(shape_));
  return at::tensor(philox_normal(seed_, draws_++, count), at::kFloat).reshape(shape_).to(device_);
}

}  // namespace sfumato
