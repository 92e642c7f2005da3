#include "base/json.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace sfumato {
namespace {

Json parse(std::string_view text, const JsonLimits& limits = {}) {
  return parse_json(text, "x", ErrorKind::bad_data, limits);
}

std::string error_in(std::string_view text) {
  return error_of([&] { (void)parse(text); });
}

// The error when `read` looks at the object `text`.
template <typename Read>
std::string reader_error(std::string_view text, const Read& read) {
  return error_of([&] {
    const Json json = parse(text);
    JsonReader reader(json, "x", ErrorKind::bad_data);
    read(reader);
  });
}

TEST(Json, SaysWhatItHasRead) {
  const std::string text = R"({"b":[1,-2.5,true,null,[]],"a":{"text":"x\"\\\n"},"":{}})";
  EXPECT_EQ(dump_json(parse(text)), text);
}

TEST(Json, WritesAsciiOnly) {
  EXPECT_EQ(dump_json({std::string("\u00e9 \U0001F600 \x1b")}), R"("\u00e9 \ud83d\ude00 \u001b")");
  EXPECT_EQ(dump_json({std::string("a\xff"
                                   "b")}),
            R"("a\ufffdb")");
}

// With a search through all keys for each of them this would take minutes.
TEST(Json, WritesManyKeysInTimeInProportion) {
  JsonObject object;
  for (int i = 0; i < 500'000; ++i) object.emplace_back("k" + std::to_string(i), Json{std::int64_t{i}});
  object.emplace_back("k1", Json{std::string("again")});
  const std::string text = dump_json({std::move(object)});
  EXPECT_TRUE(text.starts_with(R"({"k0":0,"k1":"again","k2":2,)"));
  EXPECT_TRUE(text.ends_with(R"(,"k499999":499999})"));
}

TEST(Json, WritesSeedsWhole) { EXPECT_EQ(dump_json({std::uint64_t{UINT64_MAX}}), "18446744073709551615"); }

TEST(Json, RefusesAKeyThatAppearsTwice) {
  EXPECT_EQ(error_in(R"({"a": 1, "b": 2, "a": 3})"), "bad_data: x: key \"a\" appears twice.");
  EXPECT_EQ(error_in(R"([{"a": {"\u0062": 1, "b": 2}}])"), "bad_data: x: key \"b\" appears twice.");
  EXPECT_EQ(error_in(R"([{"a": 1}, {"a": 2}])"), "no error");
}

TEST(Json, RefusesANulInAString) {
  EXPECT_EQ(error_in(R"({"file": "a\u0000b"})"), "bad_data: x: \"a\\x00b\": a string with a NUL (\\u0000).");
  EXPECT_EQ(error_in(R"({"a\u0000": 1})"), "bad_data: x: \"a\\x00\": a string with a NUL (\\u0000).");
}

TEST(Json, RefusesNestingBeyondTheLimit) {
  EXPECT_EQ(error_of([] { (void)parse("[{\"a\":[]}]", {.depth = 3}); }), "no error");
  EXPECT_EQ(error_of([] { (void)parse("[{\"a\":[[]]}]", {.depth = 3}); }), "bad_data: x: nested deeper than 3 levels.");
  EXPECT_EQ(error_in(std::string(200'000, '[')), "bad_data: x: nested deeper than 32 levels.");
}

TEST(Json, RefusesMoreBytesThanTheLimit) {
  EXPECT_EQ(error_of([] { (void)parse("[10]", {.bytes = 4}); }), "no error");
  EXPECT_EQ(error_of([] { (void)parse("[100]", {.bytes = 4}); }), "bad_data: x: 5 bytes of JSON, at most 4 are read.");
}

TEST(Json, NamesTheByteWhereItBreaks) {
  for (const std::string_view text :
       {"[1,x]", "[1,}]", "[1,\"\x01\"]", "[1,\"\xff\"]", "[1,NaN]", "[1,'a']", "[1,/**/2]"}) {
    const std::string error = error_in(text);
    EXPECT_TRUE(error.starts_with("bad_data: x: byte 4: ") || error.starts_with("bad_data: x: byte 5: "))
        << text << " gives " << error;
  }
}

TEST(Json, RefusesWhatIsNotOneValue) {
  for (const std::string_view text : {"", " ", "{", "[1", "{}{}", "1 2", "{\"a\"}", "nul", "\"\\ud800\""}) {
    EXPECT_TRUE(error_in(text).starts_with("bad_data: x: byte ")) << text;
  }
}

TEST(Json, SaysThatANumberIsTooLargeWithoutTheLibrarysName) {
  const std::string error = error_in("[1e999]");
  EXPECT_NE(error.find("number overflow"), std::string::npos) << error;
  EXPECT_EQ(error.find("json.exception"), std::string::npos) << error;
}

TEST(JsonReader, TakesANumberOnlyAsWhatItIs) {
  const auto integer = [](JsonReader& reader) { (void)reader.integer("n", 0, 9); };
  EXPECT_EQ(reader_error(R"({"n": 9})", integer), "no error");
  const std::string wanted = "bad_data: x: n: a whole number from 0 to 9 is expected.";
  for (const std::string_view value :
       {"10", "-1", "1.9", "1.0", "1e0", "18446744073709551616", "18446744073709551615", "\"1\"", "true", "null"}) {
    EXPECT_EQ(reader_error("{\"n\": " + std::string(value) + "}", integer), wanted) << value;
  }
}

TEST(JsonReader, TakesAWholeNumberAsAReal) {
  const Json json = parse(R"({"n": 3})");
  JsonReader reader(json, "x", ErrorKind::bad_data);
  EXPECT_EQ(reader.real("n", 0, 9), 3.0);
}

TEST(JsonReader, NamesTheRangeOfAReal) {
  const auto real = [](JsonReader& reader) { (void)reader.real("n", 0, 0.5); };
  EXPECT_EQ(reader_error(R"({"n": 0.5})", real), "no error");
  EXPECT_EQ(reader_error(R"({"n": 0.6})", real), "bad_data: x: n: a number from 0 to 0.5 is expected.");
  EXPECT_EQ(reader_error(R"({"n": "a"})", real), "bad_data: x: n: a number is expected.");
}

TEST(JsonReader, NamesTheKeyThatIsMissing) {
  EXPECT_EQ(reader_error("{}", [](JsonReader& reader) { (void)reader.string("name"); }),
            "bad_data: x: name: is missing.");
}

TEST(JsonReader, NamesTheKeyThatIsOfAnotherType) {
  const std::string_view text = R"({"a": 1})";
  EXPECT_EQ(reader_error(text, [](JsonReader& r) { (void)r.string("a"); }), "bad_data: x: a: a string is expected.");
  EXPECT_EQ(reader_error(text, [](JsonReader& r) { (void)r.boolean("a"); }),
            "bad_data: x: a: true or false is expected.");
  EXPECT_EQ(reader_error(text, [](JsonReader& r) { (void)r.array("a"); }), "bad_data: x: a: an array [ ] is expected.");
  EXPECT_EQ(reader_error(text, [](JsonReader& r) { (void)r.object("a"); }),
            "bad_data: x: a: an object { } is expected.");
  EXPECT_EQ(reader_error("[]", [](JsonReader&) {}), "bad_data: x: an object { } is expected.");
}

TEST(JsonReader, NamesTheKeyThatNobodyAskedFor) {
  const auto read = [](JsonReader& reader) {
    (void)reader.at("a");
    reader.finish();
  };
  EXPECT_EQ(reader_error(R"({"a": 1})", read), "no error");
  EXPECT_EQ(reader_error(R"({"a": 1, "b\u001b": 2})", read), "bad_data: x: b\\x1b: is an unknown key.");
}

TEST(JsonReader, NamesTheWayToAKeyInside) {
  const auto read = [](JsonReader& reader) { (void)reader.object("a").object("b").string("c"); };
  EXPECT_EQ(reader_error(R"({"a": {"b": {"c": 1}}})", read), "bad_data: x: a: b: c: a string is expected.");
}

}  // namespace
}  // namespace sfumato
