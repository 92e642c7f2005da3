// A sampler in progress, as a coroutine.
//
// A sampler is written as in its paper, with `co_await denoise(x, sigma)` for D(x; sigma), and ends with `co_return x`.
// It suspends at each co_await; the caller reads the request, answers it, and thereby resumes the sampler. So one
// engine can answer samplers of different methods with one batch, and progress, cancelling and time limits belong to
// the engine, not to the samplers.
//
//   SamplerCoroutine sampling = sample_heun(x, sigmas);
//   while (const DenoiseRequest* request = sampling.pending()) sampling.answer(D(request->x, request->sigma));
//   at::Tensor result = sampling.result();
//
// Parameters of a coroutine are taken by value: references would dangle after the first suspension.
#pragma once

#include <ATen/core/Tensor.h>

#include <coroutine>
#include <exception>
#include <utility>

namespace sfumato {

// A request for the denoised estimate D of x.
struct DenoiseRequest {
  at::Tensor x;          // [1, C, h, w] float32: latents + sigma * noise
  double sigma = 0;      // > 0
  bool between = false;  // sigma is a stage within a step, not a level of the table (even if it equals one)
};

// The answer to it.
struct Estimate {
  at::Tensor denoised;         // D(x; sigma), [1, C, h, w] float32
  at::Tensor unconditional{};  // D for the negative prompt alone; undefined unless guidance keeps it
};

class SamplerCoroutine {
 public:
  struct promise_type {
    const DenoiseRequest* request = nullptr;
    Estimate answer;
    at::Tensor result;
    std::exception_ptr error;

    SamplerCoroutine get_return_object() {
      return SamplerCoroutine(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_value(at::Tensor x) { result = std::move(x); }
    void unhandled_exception() { error = std::current_exception(); }
  };

  SamplerCoroutine(SamplerCoroutine&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  SamplerCoroutine& operator=(SamplerCoroutine&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~SamplerCoroutine() {
    if (handle_) handle_.destroy();
  }

  // The request to answer next, or nullptr once the sampler has ended. Rethrows the sampler's exception.
  [[nodiscard]] const DenoiseRequest* pending() const {
    if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
    return handle_.done() ? nullptr : handle_.promise().request;
  }
  // Answers the pending request and runs to the next one.
  void answer(Estimate estimate) {
    handle_.promise().answer = std::move(estimate);
    handle_.resume();
  }
  void answer(at::Tensor denoised) { answer(Estimate{.denoised = std::move(denoised)}); }
  // x at the last sigma. Requires that pending() is nullptr.
  [[nodiscard]] const at::Tensor& result() const { return handle_.promise().result; }

 private:
  explicit SamplerCoroutine(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

// co_await denoise(x, sigma) gives D(x; sigma) at a level of the table, denoise_between(x, sigma) between levels,
// denoise_both(x, sigma) the unconditional estimate too.
struct denoise : DenoiseRequest {
  denoise(at::Tensor x_, double sigma_, bool between_ = false) : DenoiseRequest{std::move(x_), sigma_, between_} {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<SamplerCoroutine::promise_type> handle) {
    promise_ = &handle.promise();
    promise_->request = this;
  }
  at::Tensor await_resume() { return std::move(promise_->answer.denoised); }

 protected:
  SamplerCoroutine::promise_type* promise_ = nullptr;
};

struct denoise_between : denoise {
  denoise_between(at::Tensor x_, double sigma_) : denoise(std::move(x_), sigma_, true) {}
};

// For methods with SamplerInfo::unconditional.
struct denoise_both : denoise {
  denoise_both(at::Tensor x_, double sigma_) : denoise(std::move(x_), sigma_) {}
  Estimate await_resume() { return std::move(promise_->answer); }
};

}  // namespace sfumato
