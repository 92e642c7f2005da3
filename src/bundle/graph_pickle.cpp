#include "bundle/graph_pickle.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "base/printable.h"

namespace sfumato {
namespace {

constexpr std::size_t kMaxPickle = std::size_t{8} << 20;  // bytes; a value takes up to 100 times as much here
constexpr std::size_t kMaxText = 1000;                    // of a type or key, which may be recalled often
constexpr std::size_t kMaxDepth = 200;                    // of values in values: LibTorch frees them by recursion

enum class Kind {
  nothing,
  boolean,
  integer,
  real,
  text,
  tuple,
  list,
  dict,
  object,
  storage,
  tensor,
  class_name,
  storage_type,
  rebuild_tensor,
  ordered_dict,
  restore_type_tag,
  build_list,
};

struct Function {
  std::string_view module, name;
  Kind kind;
  std::int64_t element = 0;  // bytes of one, of a storage
};
constexpr auto kFunctions = std::to_array<Function>({
    {"torch._utils", "_rebuild_tensor_v2", Kind::rebuild_tensor},
    {"collections", "OrderedDict", Kind::ordered_dict},
    {"torch.jit._pickle", "restore_type_tag", Kind::restore_type_tag},
    {"torch.jit._pickle", "build_intlist", Kind::build_list},
    {"torch.jit._pickle", "build_doublelist", Kind::build_list},
    {"torch.jit._pickle", "build_boollist", Kind::build_list},
    {"torch", "DoubleStorage", Kind::storage_type, 8},
    {"torch", "FloatStorage", Kind::storage_type, 4},
    {"torch", "HalfStorage", Kind::storage_type, 2},
    {"torch", "BFloat16Storage", Kind::storage_type, 2},
    {"torch", "LongStorage", Kind::storage_type, 8},
    {"torch", "IntStorage", Kind::storage_type, 4},
    {"torch", "ShortStorage", Kind::storage_type, 2},
    {"torch", "CharStorage", Kind::storage_type, 1},
    {"torch", "ByteStorage", Kind::storage_type, 1},
    {"torch", "BoolStorage", Kind::storage_type, 1},
});

using Id = std::uint32_t;

struct Value {
  Kind kind = Kind::nothing;
  std::int64_t number = 0;  // integer; storage: elements; storage_type: bytes of one
  std::string_view text = {};
  std::vector<Id> elements = {};  // of a tuple
  std::size_t depth = 0;
  bool is_open = false;  // a list, dict or object that is not filled yet
};

class Machine {
 public:
  Machine(std::string_view pickle, const ClassNames& classes, const StorageSize& storage_size, const std::string& where)
      : rest_(pickle), classes_(classes), storage_size_(storage_size), where_(where) {}

  void run() {
    if (rest_.size() > kMaxPickle) fail("it is a pickle of more than " + std::to_string(kMaxPickle >> 20) + " MiB");
    if (number(1) != 0x80 || number(1) != 2) fail("it does not begin as a pickle of protocol 2");
    for (;;) {
      const std::uint64_t opcode = number(1);
      if (opcode == '.') break;
      step(static_cast<unsigned char>(opcode));
    }
    if (!rest_.empty() || stack_.size() != 1 || !marks_.empty() || top().is_open)
      fail("it does not end with one value");
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { refuse_graph(where_, what); }

  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) fail("it is cut");
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::uint64_t number(std::size_t bytes) {  // little-endian
    std::uint64_t value = 0;
    const std::string_view taken = take(bytes);
    for (std::size_t i = bytes; i-- > 0;) value = value << 8 | static_cast<unsigned char>(taken[i]);
    return value;
  }
  std::string_view line() {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) fail("it is cut");
    const std::string_view text = take(end);
    rest_.remove_prefix(1);
    return text;
  }

  void push(Value value) {
    values_.push_back(std::move(value));
    stack_.push_back(static_cast<Id>(values_.size() - 1));
  }
  [[nodiscard]] std::size_t available() const { return stack_.size() - (marks_.empty() ? 0 : marks_.back()); }
  Id pop() {
    if (available() == 0) fail("it takes a value that is not there");
    const Id id = stack_.back();
    stack_.pop_back();
    return id;
  }
  Value& top() {
    if (available() == 0) fail("it takes a value that is not there");
    return values_[stack_.back()];
  }
  std::vector<Id> pop_to_mark() {
    if (marks_.empty()) fail("it takes a mark that is not there");
    std::vector<Id> taken(stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back()), stack_.end());
    stack_.resize(marks_.back());
    marks_.pop_back();
    return taken;
  }

  // Depth of something that holds these values, none of which is still being filled: so there are no rings.
  [[nodiscard]] std::size_t depth_over(const std::vector<Id>& elements) const {
    std::size_t depth = 0;
    for (const Id id : elements) {
      if (values_[id].is_open) fail("it has a value that holds itself");
      depth = std::max(depth, values_[id].depth + 1);
    }
    if (depth > kMaxDepth) fail("it has more than " + std::to_string(kMaxDepth) + " values inside each other");
    return depth;
  }

  void push_tuple(std::vector<Id> elements) {
    const std::size_t depth = depth_over(elements);
    push({.kind = Kind::tuple, .elements = std::move(elements), .depth = depth});
  }
  void push_tuple_of(std::size_t count) {
    std::vector<Id> elements(count);
    for (std::size_t i = count; i-- > 0;) elements[i] = pop();
    push_tuple(std::move(elements));
  }
  void fill(Kind kind, const std::vector<Id>& elements, std::string_view what) {
    Value& value = top();
    if (value.kind != kind || !value.is_open) fail("it fills " + std::string(what) + " that is none, or is full");
    value.depth = depth_over(elements);
    value.is_open = false;
  }

  void step(unsigned char opcode) {
    switch (opcode) {
      case '(':
        marks_.push_back(stack_.size());
        break;
      case 'N':
        push({.kind = Kind::nothing});
        break;
      case 0x88:  // NEWTRUE, NEWFALSE
      case 0x89:
        push({.kind = Kind::boolean});
        break;
      case 'J':
        push({.kind = Kind::integer, .number = static_cast<std::int32_t>(number(4))});
        break;
      case 'K':
        push({.kind = Kind::integer, .number = static_cast<std::int64_t>(number(1))});
        break;
      case 'M':
        push({.kind = Kind::integer, .number = static_cast<std::int64_t>(number(2))});
        break;
      case 0x8a:  // LONG1, which LibTorch writes with 8 bytes
        if (number(1) != 8) fail("it has an integer of more than 64 bits");
        push({.kind = Kind::integer, .number = static_cast<std::int64_t>(number(8))});
        break;
      case 'G':
        (void)take(8);
        push({.kind = Kind::real});
        break;
      case 'X':
        push({.kind = Kind::text, .text = take(number(4))});
        break;
      case ')':
        push_tuple({});
        break;
      case 0x85:
      case 0x86:
      case 0x87:
        push_tuple_of(opcode - 0x84U);
        break;
      case 't':
        push_tuple(pop_to_mark());
        break;
      case ']':
        push({.kind = Kind::list, .is_open = true});
        break;
      case '}':
        push({.kind = Kind::dict, .is_open = true});
        break;
      case 'e':
        fill(Kind::list, pop_to_mark(), "a list");
        break;
      case 'u': {
        const std::vector<Id> items = pop_to_mark();
        if (items.size() % 2 != 0) fail("it has a key without a value");
        fill(Kind::dict, items, "a dict");
        break;
      }
      case 'b': {
        const std::vector<Id> state = {pop()};
        if (values_[state.front()].kind != Kind::dict) fail("it builds an object from something else than a dict");
        fill(Kind::object, state, "an object");
        break;
      }
      case 0x81: {  // NEWOBJ
        const Id arguments = pop(), type = pop();
        if (values_[type].kind != Kind::class_name || !is_empty_tuple(arguments))
          fail("it makes an object of no class");
        push({.kind = Kind::object, .is_open = true});
        break;
      }
      case 'R':
        reduce();
        break;
      case 'Q':
        push_storage(pop());
        break;
      case 'c': {
        const std::string_view module = line();
        push_global(module, line());
        break;
      }
      case 'q':
        remember(number(1));
        break;
      case 'r':
        remember(number(4));
        break;
      case 'h':
        recall(number(1));
        break;
      case 'j':
        recall(number(4));
        break;
      default:
        fail("it has the opcode " + std::to_string(opcode));
    }
  }

  void remember(std::uint64_t index) {
    (void)top();
    if (index > memo_.size()) fail("it remembers a value out of order");
    if (index == memo_.size()) memo_.emplace_back();
    memo_[index] = stack_.back();
  }
  void recall(std::uint64_t index) {
    if (index >= memo_.size()) fail("it recalls a value that is not there");
    stack_.push_back(memo_[index]);
  }

  void push_global(std::string_view module, std::string_view name) {
    for (const Function& function : kFunctions) {
      if (function.module == module && function.name == name) {
        return push({.kind = function.kind, .number = function.element});
      }
    }
    const std::string full = std::string(module) + "." + std::string(name);
    if (full.starts_with("__torch__.torch.classes") || !classes_.contains(full)) fail("it names " + printable(full));
    push({.kind = Kind::class_name});
  }

  [[nodiscard]] bool is_empty_tuple(Id id) const {
    return values_[id].kind == Kind::tuple && values_[id].elements.empty();
  }
  // The elements of a tuple, all of a kind.
  [[nodiscard]] const Value& element(const Value& tuple, std::size_t index, Kind kind) const {
    const Value& value = values_[tuple.elements[index]];
    if (value.kind != kind) fail("it calls a function with something else than it takes");
    return value;
  }
  [[nodiscard]] const Value& arguments(Id id, std::size_t count) const {
    if (values_[id].kind != Kind::tuple || values_[id].elements.size() != count) {
      fail("it calls a function with something else than it takes");
    }
    return values_[id];
  }

  void reduce() {
    const Id given = pop();
    switch (values_[pop()].kind) {
      case Kind::rebuild_tensor:
        check_tensor(arguments(given, 6));
        return push({.kind = Kind::tensor});
      case Kind::ordered_dict:
        (void)arguments(given, 0);
        return push({.kind = Kind::dict});
      case Kind::restore_type_tag: {
        const Value& pair = arguments(given, 2);
        const Id value = pair.elements.front();
        const std::string_view type = element(pair, 1, Kind::text).text;
        if (type.size() > kMaxText) fail("it names a type of " + std::to_string(type.size()) + " bytes");
        check_graph_type(type, classes_, where_);
        return stack_.push_back(value);
      }
      case Kind::build_list:
        return stack_.push_back(arguments(given, 1).elements.front());
      default:
        fail("it calls something that is no function");
    }
  }

  // ("storage", torch.FloatStorage, "0", "cpu", 12)
  void push_storage(Id id) {
    const Value& tuple = arguments(id, 5);
    const std::string_view key = element(tuple, 2, Kind::text).text, device = element(tuple, 3, Kind::text).text;
    const std::int64_t size = element(tuple, 1, Kind::storage_type).number,
                       count = element(tuple, 4, Kind::integer).number;
    std::int64_t bytes = 0;
    if (element(tuple, 0, Kind::text).text != "storage" || count < 0 || __builtin_mul_overflow(count, size, &bytes)) {
      fail("it has a storage of " + std::to_string(count) + " elements");
    }
    if (key.size() > kMaxText) fail("it has a storage with a name of " + std::to_string(key.size()) + " bytes");
    if (device != "cpu" && device != "meta") fail("it has a storage on " + printable(device));
    if (storage_size_ != nullptr) {
      const std::optional<std::size_t> there = storage_size_(key);
      // A storage on the meta device has no bytes.
      if (!there || (device == "cpu" && *there != static_cast<std::size_t>(bytes))) {
        fail("it has a storage of " + std::to_string(bytes) + " bytes, which record " + printable(key) + " has not");
      }
    }
    push({.kind = Kind::storage, .number = count});
  }

  // (storage, offset, sizes, strides, requires_grad, OrderedDict()): the last element must lie inside the storage.
  void check_tensor(const Value& tuple) const {
    const std::int64_t count = element(tuple, 0, Kind::storage).number;
    std::int64_t last = element(tuple, 1, Kind::integer).number;
    const Value &sizes = element(tuple, 2, Kind::tuple), &strides = element(tuple, 3, Kind::tuple);
    (void)element(tuple, 4, Kind::boolean);
    (void)element(tuple, 5, Kind::dict);
    if (sizes.elements.size() != strides.elements.size()) fail("it has a tensor with more sizes than strides");
    bool is_valid = last >= 0 && sizes.elements.size() <= 64, is_empty = false;
    for (std::size_t i = 0; is_valid && i < sizes.elements.size(); ++i) {
      const std::int64_t size = element(sizes, i, Kind::integer).number,
                         stride = element(strides, i, Kind::integer).number;
      std::int64_t span = 0;
      is_empty = is_empty || size == 0;
      is_valid = size >= 0 && stride >= 0 &&
                 !__builtin_mul_overflow(std::max<std::int64_t>(size - 1, 0), stride, &span) &&
                 !__builtin_add_overflow(last, span, &last);
    }
    if (!is_valid || (!is_empty && last >= count)) fail("it has a tensor that does not lie inside its storage");
  }

  std::string_view rest_;
  const ClassNames& classes_;
  const StorageSize& storage_size_;
  const std::string& where_;
  std::vector<Value> values_;
  std::vector<Id> stack_;
  std::vector<std::size_t> marks_;  // sizes of the stack
  std::vector<Id> memo_;
};

}  // namespace

void check_graph_pickle(std::string_view pickle, const ClassNames& classes, const StorageSize& storage_size,
                        const std::string& where) {
  Machine(pickle, classes, storage_size, where).run();
}

}  // namespace sfumato
