#include "nn/attention.h"

#include <ATen/Parallel.h>
#include <ATen/native/CPUBlas.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/zeros.h>
#include <immintrin.h>
#include <torch/library.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/devices.h"

namespace sfumato {
namespace {

constexpr std::int64_t kRows = 128;  // of q in a block: its scores and probabilities fit a core's cache
constexpr std::int64_t kKeys = 512;
constexpr std::int64_t kLanes = 16;

#define SFUMATO_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))

std::int64_t even(std::int64_t n) { return n + n % 2; }

// The processor multiplies pairs: the right factor of a product is packed as [K / 2][N][2].
//
// k [S, D] -> [D / 2][S][2], of one block of keys
void pack_keys(const at::BFloat16* k, std::int64_t stride, std::int64_t keys, std::int64_t width,
               at::BFloat16* packed) {
  for (std::int64_t begin = 0; begin < keys; begin += kLanes) {
    const std::int64_t end = std::min(begin + kLanes, keys);
    for (std::int64_t pair = 0; pair < width / 2; ++pair) {
      for (std::int64_t key = begin; key < end; ++key) {
        packed[(pair * keys + key) * 2] = k[key * stride + pair * 2];
        packed[(pair * keys + key) * 2 + 1] = k[key * stride + pair * 2 + 1];
      }
    }
  }
}

// v [S, D] -> [S / 2][D][2], of one block of keys; the last of an odd number is paired with zeros.
void pack_values(const at::BFloat16* v, std::int64_t stride, std::int64_t keys, std::int64_t width,
                 at::BFloat16* packed) {
  for (std::int64_t key = 0; key < even(keys); ++key) {
    for (std::int64_t i = 0; i < width; ++i) {
      packed[(key / 2 * width + i) * 2 + key % 2] = key < keys ? v[key * stride + i] : at::BFloat16(0.0F);
    }
  }
}

SFUMATO_AVX512 __mmask16 lanes(std::int64_t left) {
  return left >= kLanes ? __mmask16(0xFFFF) : static_cast<__mmask16>((1U << left) - 1U);
}

// 2^x for x <= 0: an integer power times the Taylor series of 2^f for |f| <= 1/2, whose error of 4e-5 is far below
// bfloat16's.
SFUMATO_AVX512 __m512 exp2_of(__m512 x) {
  const __m512 whole = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m512 f = _mm512_sub_ps(x, whole);
  __m512 sum = _mm512_set1_ps(0.009618129F);
  sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(0.055504109F));
  sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(0.240226507F));
  sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(0.693147181F));
  sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(1.0F));
  return _mm512_scalef_ps(sum, whole);
}

SFUMATO_AVX512 float largest_of(const float* row, std::int64_t n) {
  __m512 largest = _mm512_set1_ps(-std::numeric_limits<float>::infinity());
  for (std::int64_t i = 0; i < n; i += kLanes) {
    const __mmask16 mask = lanes(n - i);
    largest = _mm512_mask_max_ps(largest, mask, largest, _mm512_maskz_loadu_ps(mask, row + i));
  }
  return _mm512_reduce_max_ps(largest);
}

// 2^(scale s - largest) of each score s, rounded to bfloat16; returns their sum before rounding.
SFUMATO_AVX512 float exponentiate(const float* scores, std::int64_t n, float scale, float largest,
                                  at::BFloat16* result) {
  __m512 sum = _mm512_setzero_ps();
  for (std::int64_t i = 0; i < n; i += kLanes) {
    const __mmask16 mask = lanes(n - i);
    const __m512 score = _mm512_maskz_loadu_ps(mask, scores + i);
    const __m512 power = exp2_of(_mm512_fmsub_ps(score, _mm512_set1_ps(scale), _mm512_set1_ps(largest)));
    sum = _mm512_mask_add_ps(sum, mask, sum, power);
    const __m256bh rounded = _mm512_cvtneps_pbh(power);
    _mm256_mask_storeu_epi16(result + i, mask, reinterpret_cast<const __m256i&>(rounded));
  }
  return _mm512_reduce_add_ps(sum);
}

SFUMATO_AVX512 void multiply(float* row, std::int64_t n, float factor) {
  for (std::int64_t i = 0; i < n; i += kLanes) {
    const __mmask16 mask = lanes(n - i);
    const __m512 product = _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, row + i), _mm512_set1_ps(factor));
    _mm512_mask_storeu_ps(row + i, mask, product);
  }
}

SFUMATO_AVX512 void multiply_and_round(const float* row, std::int64_t n, float factor, at::BFloat16* result) {
  for (std::int64_t i = 0; i < n; i += kLanes) {
    const __mmask16 mask = lanes(n - i);
    const __m512 product = _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, row + i), _mm512_set1_ps(factor));
    const __m256bh rounded = _mm512_cvtneps_pbh(product);
    _mm256_mask_storeu_epi16(result + i, mask, reinterpret_cast<const __m256i&>(rounded));
  }
}

// Buffers of one thread for a block of rows.
struct Scratch {
  explicit Scratch(std::int64_t width)
      : scores(at::empty({kRows, kKeys}, at::kFloat)),
        powers(at::empty({kRows, kKeys}, at::kBFloat16)),
        sums(at::empty({kRows, width}, at::kFloat)) {}

  at::Tensor scores, powers, sums;
};

// Keys and values of one head, packed block by block of kKeys.
struct Packed {
  const at::BFloat16* keys;
  const at::BFloat16* values;
  std::int64_t count;
};

// Flash attention (Dao et al. 2022, arXiv:2205.14135, algorithm 1) for a block of rows of q, in powers of 2: for each
// row the largest score so far m, the sum of powers l, and sums of powers times values, which are rescaled when m
// grows.
void attend(const at::BFloat16* q, std::int64_t q_stride, std::int64_t rows, std::int64_t width, const Packed& packed,
            Scratch& scratch, at::BFloat16* out, std::int64_t out_stride) {
  const float scale = std::numbers::log2e_v<float> / std::sqrt(static_cast<float>(width));
  float* const scores = scratch.scores.mutable_data_ptr<float>();
  float* const sums = scratch.sums.mutable_data_ptr<float>();
  auto* const powers = scratch.powers.mutable_data_ptr<at::BFloat16>();
  std::array<float, kRows> m{};
  std::array<float, kRows> l{};
  for (std::int64_t begin = 0; begin < packed.count; begin += kKeys) {
    const std::int64_t keys = std::min(kKeys, packed.count - begin);
    const bool is_first = begin == 0;
    at::native::cpublas::brgemm(rows, keys, width, q_stride, keys, keys, /*add_C=*/false, q,
                                packed.keys + begin * width, scores);
    for (std::int64_t row = 0; row < rows; ++row) {
      const float largest = scale * largest_of(scores + row * keys, keys);
      if (is_first) {
        m[row] = largest;
      } else if (!(largest <= m[row])) {
        const float shrink = std::exp2(m[row] - largest);
        multiply(sums + row * width, width, shrink);
        l[row] *= shrink;
        m[row] = largest;
      }
      at::BFloat16* const row_powers = powers + row * even(keys);
      l[row] += exponentiate(scores + row * keys, keys, scale, m[row], row_powers);
      if (keys % 2 == 1) row_powers[keys] = 0.0F;
    }
    at::native::cpublas::brgemm(rows, width, even(keys), even(keys), width, width, /*add_C=*/!is_first, powers,
                                packed.values + begin * width, sums);
  }
  for (std::int64_t row = 0; row < rows; ++row) {
    multiply_and_round(sums + row * width, width, 1 / l[row], out + row * out_stride);
  }
}

// The operator in graphs: hands what attention() does not take to LibTorch.
at::Tensor attention_operator(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  const bool fits = q.scalar_type() == at::kBFloat16 && q.dim() == 4 && q.size(3) % 2 == 0 && q.stride(3) == 1 &&
                    k.stride(3) == 1 && v.stride(3) == 1 && v.size(3) == q.size(3) && k.size(2) > 0;
  return fits ? attention(q, k, v) : at::scaled_dot_product_attention(q, k, v);
}

TORCH_LIBRARY(sfumato, library) { library.def("attention(Tensor q, Tensor k, Tensor v) -> Tensor"); }
TORCH_LIBRARY_IMPL(sfumato, CPU, library) { library.impl("attention", &attention_operator); }

}  // namespace

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  const std::int64_t batch = q.size(0), heads = q.size(1), length = q.size(2), width = q.size(3), keys = k.size(2);
  const at::Tensor out = at::empty({batch, length, heads, width}, q.options());
  const at::Tensor packed_keys = at::empty({batch * heads, keys * width}, k.options());
  const at::Tensor packed_values = at::empty({batch * heads, even(keys) * width}, v.options());
  at::parallel_for(0, batch * heads, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t head = begin; head < end; ++head) {
      const at::Tensor k_head = k[head / heads][head % heads], v_head = v[head / heads][head % heads];
      const auto* const k_data = k_head.const_data_ptr<at::BFloat16>();
      const auto* const v_data = v_head.const_data_ptr<at::BFloat16>();
      auto* const k_packed = packed_keys.mutable_data_ptr<at::BFloat16>() + head * keys * width;
      auto* const v_packed = packed_values.mutable_data_ptr<at::BFloat16>() + head * even(keys) * width;
      for (std::int64_t first = 0; first < keys; first += kKeys) {
        const std::int64_t count = std::min(kKeys, keys - first);
        pack_keys(k_data + first * k_head.stride(0), k_head.stride(0), count, width, k_packed + first * width);
        pack_values(v_data + first * v_head.stride(0), v_head.stride(0), count, width, v_packed + first * width);
      }
    }
  });
  const std::int64_t blocks = (length + kRows - 1) / kRows;
  at::parallel_for(0, batch * heads * blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    Scratch scratch(width);
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t head = i / blocks, row = i % blocks * kRows;
      const at::Tensor q_head = q[head / heads][head % heads];
      const at::Tensor out_head = out[head / heads].select(1, head % heads);
      attend(q_head.const_data_ptr<at::BFloat16>() + row * q_head.stride(0), q_head.stride(0),
             std::min(kRows, length - row), width,
             {.keys = packed_keys.const_data_ptr<at::BFloat16>() + head * keys * width,
              .values = packed_values.const_data_ptr<at::BFloat16>() + head * even(keys) * width,
              .count = keys},
             scratch, out_head.mutable_data_ptr<at::BFloat16>() + row * out_head.stride(0), out_head.stride(0));
    }
    at::native::cpublas::brgemm_release();
  });
  return out.transpose(1, 2);
}

bool has_own_attention(const Runtime& runtime) {
  return runtime.device.is_cpu() && runtime.dtype == at::kBFloat16 && has_avx512_bf16() && !has_amx_bf16();
}

}  // namespace sfumato
