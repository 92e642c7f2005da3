#include "import/recognise/guidance_embedding.h"

#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include "api/sampler_info.h"
#include "base/bad_data.h"
#include "base/json.h"
#include "base/printable.h"
#include "jobs/options_json.h"
#include "numbers/numbers_in.h"

namespace sfumato {
namespace {

constexpr std::string_view kProjection = "time_embedding.cond_proj.weight";
constexpr std::string_view kWeight = "time_embedding.linear_1.weight";
constexpr std::string_view kBias = "time_embedding.linear_1.bias";
constexpr std::size_t kMostWeights = 16'000'000;

ClassifiedTensor* find(Checkpoint& checkpoint, std::string_view parameter) {
  for (ClassifiedTensor& entry : checkpoint.tensors) {
    for (const ParameterSlot& slot : entry.slots) {
      if (slot.network == NetworkKind::unet && slot.name == parameter) return &entry;
    }
  }
  return nullptr;
}

// A matrix [rows, columns]; a vector has one column.
struct Matrix {
  std::vector<float> numbers;
  std::size_t rows = 0;
  std::size_t columns = 0;
};

Matrix matrix_in(const ClassifiedTensor* entry, std::string_view parameter, const std::string& where) {
  if (entry == nullptr) throw_bad_data(where, "has a guidance embedding and no " + std::string(parameter));
  const StoredTensor& tensor = *entry->tensor;
  auto numbers = numbers_in(tensor, kMostWeights);
  if (!numbers || tensor.shape.empty() || tensor.shape.size() > 2 || numbers->empty()) {
    throw_bad_data(where, printable(tensor.name) + " is not a matrix of numbers");
  }
  for (float& number : *numbers) number *= entry->scale;
  const auto rows = static_cast<std::size_t>(tensor.shape.front());
  const std::size_t columns = numbers->size() / rows;
  return {.numbers = std::move(*numbers), .rows = rows, .columns = columns};
}

std::vector<double> product(const Matrix& matrix, const std::vector<double>& vector, const std::string& where) {
  if (vector.size() != matrix.columns) {
    throw_bad_data(where, "its guidance embedding has " + std::to_string(vector.size()) +
                              " numbers, the next layer takes " + std::to_string(matrix.columns));
  }
  std::vector<double> result(matrix.rows);
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    for (std::size_t column = 0; column < matrix.columns; ++column) {
      result[row] += static_cast<double>(matrix.numbers[row * matrix.columns + column]) * vector[column];
    }
  }
  return result;
}

// Sines, then cosines, as diffusers' get_guidance_scale_embedding() makes them of the guidance scale less 1.
std::vector<double> embedding(double guidance_scale, std::size_t width) {
  const std::size_t half = width / 2;
  std::vector<double> result(width);
  for (std::size_t i = 0; i < half; ++i) {
    const double frequency = std::exp(-std::log(10000.0) * static_cast<double>(i) / (static_cast<double>(half) - 1));
    const double angle = (guidance_scale - 1) * 1000 * frequency;
    result[i] = std::sin(angle);
    result[half + i] = std::cos(angle);
  }
  return result;
}

}  // namespace

void fold_guidance(Checkpoint& checkpoint, std::optional<double> guidance_scale) {
  ClassifiedTensor* const projection = find(checkpoint, kProjection);
  if (projection == nullptr) {
    if (!guidance_scale) return;
    throw Error(ErrorKind::usage, "`guidance_embedding`: " + checkpoint.where + " has no guidance embedding (" +
                                      std::string(kProjection) + "). Leave it out.");
  }
  ClassifiedTensor* const bias = find(checkpoint, kBias);
  const std::string& where = projection->file->where;
  const Matrix projecting = matrix_in(projection, kProjection, where);
  const Matrix first = matrix_in(find(checkpoint, kWeight), kWeight, where);
  const Matrix offset = matrix_in(bias, kBias, where);
  const double w = guidance_scale.value_or(kGuidanceEmbedding);
  const std::vector<double> added = product(first, product(projecting, embedding(w, projecting.columns), where), where);
  if (offset.rows != added.size()) throw_bad_data(where, printable(bias->tensor->name) + " does not fit its layer");

  MadeTensor& made = checkpoint.made.emplace_back();
  for (std::size_t i = 0; i < added.size(); ++i) {
    made.numbers.push_back(static_cast<float>(static_cast<double>(offset.numbers[i]) + added[i]));
  }
  made.tensor = {.name = bias->tensor->name,
                 .dtype = StoredDtype::f32,
                 .shape = bias->tensor->shape,
                 .bytes = std::as_bytes(std::span(made.numbers))};
  bias->tensor = &made.tensor;
  bias->scale = 1;
  bias->is_made = true;
  projection->slots.clear();
  projection->unused_as = "guidance embeddings, which are a part of a bias now";
  checkpoint.guidance_embedded = true;
  if (info_of(checkpoint.schedule.sampling_method).timesteps != TimestepRule::consistency) {
    checkpoint.schedule.sampling_method = SamplingMethod::lcm;
    checkpoint.schedule.scheduler = Scheduler::discrete;
  }
  checkpoint.schedule.notes.push_back("latent consistency model: a guidance scale of " + text_of(Json{w}) +
                                      " is a part of it now, so it is drawn at cfg scale 1");
}

}  // namespace sfumato
