#include "import/write/import_model.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "base/printable.h"
#include "base/signals.h"
#include "import/recognise/source_digests.h"
#include "import/write/model_numbers.h"
#include "import/write/output_file.h"
#include "import/write/staging_folder.h"

namespace sfumato {
namespace {

// Small enough that several cores share a network when digests are checked, large enough for few files.
constexpr std::uint64_t kShardBytes = std::uint64_t{512} << 20;

// Writes all shards, the largest first, each as soon as a core is free.
class ShardCrew {
 public:
  ShardCrew(std::vector<WeightShard> shards, const Storage& storage, const std::filesystem::path& folder)
      : shards_(std::move(shards)), storage_(storage), folder_(folder) {
    std::ranges::stable_sort(shards_, std::greater(), &WeightShard::bytes);
    for (const WeightShard& shard : shards_) all_ += shard.bytes;
  }

  [[nodiscard]] std::uint64_t all() const { return all_; }

  std::map<std::string, FileDescription> run(const std::function<void(std::uint64_t, std::uint64_t)>& on_progress) {
    {
      std::vector<std::jthread> threads;
      const std::size_t count = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, shards_.size());
      running_ = count;
      for (std::size_t i = 0; i < count; ++i) threads.emplace_back([this] { work(); });
      watch(on_progress);
    }
    if (failure_) std::rethrow_exception(failure_);
    return std::move(files_);
  }

 private:
  void work() {
    for (std::size_t i = next_++; i < shards_.size() && !progress_.stop; i = next_++) {
      try {
        FileDescription file = write_shard(shards_[i], storage_, folder_ / shards_[i].name, progress_);
        const std::lock_guard lock(mutex_);
        files_.emplace(shards_[i].name, std::move(file));
      } catch (...) {
        fail(std::current_exception());
      }
    }
    const std::lock_guard lock(mutex_);
    if (--running_ == 0) done_.notify_all();
  }

  // The first failure is reported and stops the others.
  void fail(std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(error);
    progress_.stop = true;
  }

  void watch(const std::function<void(std::uint64_t, std::uint64_t)>& on_progress) {
    std::unique_lock lock(mutex_);
    while (running_ > 0) {
      done_.wait_for(lock, std::chrono::milliseconds(100));
      lock.unlock();
      try {
        if (!progress_.stop) throw_if_interrupted();
        on_progress(progress_.written, all_);
      } catch (...) {
        fail(std::current_exception());
      }
      lock.lock();
    }
  }

  std::vector<WeightShard> shards_;
  const Storage& storage_;
  std::filesystem::path folder_;
  std::uint64_t all_ = 0;
  Progress progress_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::condition_variable done_;
  std::size_t running_ = 0;
  std::exception_ptr failure_;
  std::map<std::string, FileDescription> files_;
};

FileDescription copied_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  const MappedFile file(from, ErrorKind::input_missing, Links::follow);
  std::vector<std::byte> bytes(file.bytes().size());
  file.read(file.bytes(), bytes);
  OutputFile copied(to);
  copied.write(bytes);
  return copied.finish();
}

std::string megabytes(std::uint64_t bytes) { return std::to_string((bytes + 999'999) / 1'000'000) + " MB"; }

void check_room(const std::filesystem::path& folder, std::uint64_t needed, const std::string& output) {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(folder, error);
  if (error || space.available >= needed) return;
  throw Error(ErrorKind::io_error, output + ": needs " + megabytes(needed) + ", the disk has " +
                                       megabytes(space.available) +
                                       " left. Free some space and run the same command again.");
}

// What was written would mix two versions of the file.
void check_unchanged(const Checkpoint& source) {
  for (const WeightFile& file : source.files) {
    if (file.mapped.change() != MappedFile::Change::content) continue;
    throw Error(ErrorKind::bad_data, file.where + ": has changed while it was imported. Run the same command again.");
  }
}

std::size_t parameters_in(const MappedNetwork& network) {
  std::size_t count = 0;
  for (const MappedTensor& mapped : network.tensors) {
    std::size_t numbers = 1;
    for (const std::int64_t side : mapped.shape) numbers *= static_cast<std::size_t>(side);
    count += numbers;
  }
  return count;
}

}  // namespace

Imported import_model(const Checkpoint& source, const GraphSet& graphs, const ImportOptions& options,
                      const std::function<void(std::uint64_t done, std::uint64_t all)>& on_progress) {
  const WeightMap weights = map_weights(source.tensors, graphs.parameters, source.where);
  Imported result{.model = {.config = config_of(source, graphs), .files = {}},
                  .parameters = {},
                  .matched = weights.used,
                  .unused = weights.unused,
                  .bytes = 0};
  ModelConfig& config = result.model.config;
  apply(options.settings, config);
  config.weights_layout = options.storage.layout;
  // Mapped weights are used as they lie if the networks run in their type.
  if (options.storage.dtype == StoredDtype::bf16) config.defaults.dtype = Dtype::bfloat16;

  StagingFolder folder(options.output, options.overwrite);
  std::vector<WeightShard> shards;
  for (const MappedNetwork& network : weights.networks) {
    result.parameters.emplace(network.kind, parameters_in(network));
    NetworkFiles& files = config.networks[network.kind];
    files.graph = std::string(name_of(network.kind)) + ".ts";
    for (WeightShard& shard : weight_shards_of(network, options.storage, kShardBytes)) {
      files.weights.push_back(shard.name);
      shards.push_back(std::move(shard));
    }
  }
  // Beside the writing, which waits for the disk.
  std::future<std::vector<std::string>> digests = std::async(std::launch::async, [&] {
    return source_digests(source, DigestCache(options.digests), [](std::uint64_t, std::uint64_t) {});
  });
  ShardCrew crew(std::move(shards), options.storage, folder.path());
  result.bytes = crew.all();
  check_room(folder.path(), crew.all() + (std::uint64_t{64} << 20), printable(options.output.string(), 400));

  result.model.files = crew.run(on_progress);
  for (const auto& [kind, graph] : graphs.files) {
    const std::string name = std::string(name_of(kind)) + ".ts";
    result.model.files.emplace(name, copied_file(graph, folder.path() / name));
  }
  result.model.files.emplace(config.tokenizer.file, copied_file(options.merges, folder.path() / config.tokenizer.file));
  config.source_sha256 = source_digest(source, digests.get());
  const std::string description = write_model_json(result.model);
  (void)read_model_json(description,
                        printable(options.output.string(), 400));  // a bundle that cannot be read is an error now
  OutputFile file(folder.path() / kModelJson);
  file.write(std::as_bytes(std::span(description)));
  (void)file.finish();
  check_unchanged(source);
  throw_if_interrupted();
  folder.publish();
  return result;
}

}  // namespace sfumato
