#include "diffusion/noise.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randn.h>

namespace sfumato {

NoiseSource::NoiseSource(std::uint64_t seed, std::vector<std::int64_t> shape, at::Device device)
    : generator_(at::make_generator<at::CPUGeneratorImpl>(seed)), shape_(std::move(shape)), device_(device) {}

at::Tensor NoiseSource::draw() { return at::randn(shape_, generator_, at::TensorOptions(at::kFloat)).to(device_); }

}  // namespace sfumato
