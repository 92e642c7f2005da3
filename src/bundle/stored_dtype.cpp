#include "bundle/stored_dtype.h"

#include <algorithm>
#include <array>

namespace sfumato {
namespace {

struct Row {
  StoredDtype dtype;
  std::string_view name;
  Packing packing;
};

// In the order of the enumerators.
constexpr std::array kRows = std::to_array<Row>({
    {StoredDtype::f64, "F64", {1, 8}},         {StoredDtype::f32, "F32", {1, 4}},
    {StoredDtype::f16, "F16", {1, 2}},         {StoredDtype::bf16, "BF16", {1, 2}},
    {StoredDtype::f8_e4m3, "F8_E4M3", {1, 1}}, {StoredDtype::f8_e5m2, "F8_E5M2", {1, 1}},
    {StoredDtype::f8_e8m0, "F8_E8M0", {1, 1}}, {StoredDtype::i64, "I64", {1, 8}},
    {StoredDtype::i32, "I32", {1, 4}},         {StoredDtype::i16, "I16", {1, 2}},
    {StoredDtype::i8, "I8", {1, 1}},           {StoredDtype::u64, "U64", {1, 8}},
    {StoredDtype::u32, "U32", {1, 4}},         {StoredDtype::u16, "U16", {1, 2}},
    {StoredDtype::u8, "U8", {1, 1}},           {StoredDtype::boolean, "BOOL", {1, 1}},
    {StoredDtype::q4_0, "Q4_0", {32, 18}},     {StoredDtype::q4_1, "Q4_1", {32, 20}},
    {StoredDtype::q5_0, "Q5_0", {32, 22}},     {StoredDtype::q5_1, "Q5_1", {32, 24}},
    {StoredDtype::q8_0, "Q8_0", {32, 34}},     {StoredDtype::q2_k, "Q2_K", {256, 84}},
    {StoredDtype::q3_k, "Q3_K", {256, 110}},   {StoredDtype::q4_k, "Q4_K", {256, 144}},
    {StoredDtype::q5_k, "Q5_K", {256, 176}},   {StoredDtype::q6_k, "Q6_K", {256, 210}},
});

constexpr bool in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].dtype != static_cast<StoredDtype>(i)) return false;
  }
  return true;
}
static_assert(in_order());

}  // namespace

std::string_view name_of(StoredDtype dtype) { return kRows[static_cast<std::size_t>(dtype)].name; }

StoredDtype widened(StoredDtype dtype) {
  if (dtype == StoredDtype::f16 || dtype == StoredDtype::bf16) return dtype;
  return is_fp8(dtype) ? StoredDtype::bf16 : StoredDtype::f32;
}

Packing packing_of(StoredDtype dtype) { return kRows[static_cast<std::size_t>(dtype)].packing; }

std::size_t size_of(StoredDtype dtype) { return packing_of(dtype).bytes; }

std::optional<StoredDtype> safetensors_dtype(std::string_view name) {
  const auto row = std::ranges::find(kRows, name, &Row::name);
  if (row == kRows.end() || is_block(row->dtype)) return std::nullopt;
  return row->dtype;
}

}  // namespace sfumato
