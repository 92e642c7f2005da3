// Any bytes as a journal. The reader gives the entries of its lines; an entry is written and read again without change.
#include "fuzz.h"
#include "output/journal.h"
#include "output/journal_reader.h"

namespace sfumato {
namespace {

// What an entry says, without the time of writing.
std::string content_of(const JournalEntry& entry) {
  return dump_json({JsonArray{{static_cast<std::int64_t>(entry.event)},
                              {entry.job},
                              {entry.model},
                              {entry.file},
                              {entry.stamp.bytes},
                              {entry.stamp.changed},
                              {entry.sha256},
                              {entry.reason},
                              {entry.line},
                              {entry.values}}});
}

}  // namespace
}  // namespace sfumato

void sfumato::fuzz(std::string_view input) {
  const std::string path = (scratch() / "journal.host.1.1.jsonl").string();
  write_file(path, input);
  std::vector<std::string> read;
  JournalReader reader(path, *writer_of(path));
  reader.read([&](const JournalEntry& entry) { read.push_back(content_of(entry)); });

  std::vector<std::string> expected;
  std::size_t unreadable = 0;
  while (input.find('\n') != std::string_view::npos) {
    const std::optional<JournalEntry> entry = from_line(next_piece(input, "\n"));
    if (!entry) {
      ++unreadable;
      continue;
    }
    expected.push_back(content_of(*entry));
    const std::optional<JournalEntry> again = from_line(to_line(*entry));
    check(again && content_of(*again) == expected.back(), expected.back());
  }
  check(read == expected && reader.unreadable_lines() == unreadable, "lines of the journal");
  (void)reader.cut_torn_line();
  for (const std::string_view text : {input, std::string_view(path)}) (void)parse_job_id(text);
}
