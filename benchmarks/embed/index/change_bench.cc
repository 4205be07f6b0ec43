// What changes of an index cost, one thread:
//   change_bench VECTORS ROWS flat|hnsw INDEX
// Rows and queries are those of search_bench; INDEX is the file that is made (a
// graph by 2 threads) and then changed. Prints how long it takes to write the
// file whole and to append a batch; to open the index and to query it, one
// query at a time, before and after 1,000 changes (half of them new rows, a
// quarter new vectors, a quarter deletions), and recall@10 of what an exact
// search finds; and to compact it.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/embed/index/bench_vectors.h"
#include "embed/index/index_writer.h"
#include "embed/index/item_index.h"
#include "embed/io/vector_reader.h"

namespace embed {
namespace {

double Now() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

Vocabulary Keys(uint64_t rows) {
  std::vector<std::string> keys;
  for (uint64_t i = 0; i < rows; ++i) keys.push_back(std::to_string(i));
  return Vocabulary::Create(keys, std::vector<uint64_t>(rows, 1)).value();
}

void MeasureQueries(const char* name, const ItemIndex& index,
                    const Matrix& queries) {
  std::vector<uint32_t> found;
  std::vector<uint32_t> expected;
  double seconds = 0;
  constexpr uint64_t kAsked = 200;
  for (uint64_t q = 0; q < kAsked; ++q) {
    const MatrixView query = {queries.view().row(q).data(), 1, queries.dim,
                              static_cast<uint64_t>(queries.dim)};
    SearchOptions options;
    const double start = CpuSeconds();
    const SearchHits hits = index.Search(query, options).value();
    seconds += CpuSeconds() - start;
    options.exact = true;
    const SearchHits exact = index.Search(query, options).value();
    for (int rank = 0; rank < kTop; ++rank) {
      found.push_back(hits[0][rank].id);
      expected.push_back(exact[0][rank].id);
    }
  }
  std::printf("%s: %.0f queries/s, recall %.4f\n", name, kAsked / seconds,
              Recall(found, expected));
}

void MeasureOpening(const char* name, const std::string& path) {
  double best = 1e9;
  for (int i = 0; i < 5; ++i) {
    const double start = Now();
    const auto index = ItemIndex::Open(path, Container::Verify::kHeader);
    best = std::min(best, Now() - start);
    Check(index.status());
  }
  std::printf("%s: opened in %.2f ms\n", name, best * 1e3);
}

// Appends `batches` batches of `size` changes of all kinds; key numbers from
// `first` on are new ones.
void Append(IndexWriter* writer, const Matrix& rows, int batches, int size,
            int first) {
  std::mt19937_64 random(first);
  std::vector<double> times;
  for (int batch = 0; batch < batches; ++batch) {
    std::vector<ItemChange> changes;
    for (int i = 0; i < size; ++i) {
      const int number = first + batch * size + i;
      ItemChange change;
      change.key = number % 4 < 2 ? "new " + std::to_string(number)
                                  : std::to_string(number);
      if (number % 4 == 3) {
        change.kind = ItemChange::Kind::kDelete;
      } else {
        change.vector.resize(rows.dim);
        NoisyCopy(rows.view().row(random() % rows.rows).data(), rows.dim, 0.5,
                  change.vector.data(), &random);
      }
      changes.push_back(std::move(change));
    }
    const double start = Now();
    Check(writer->Apply(changes));
    times.push_back(Now() - start);
  }
  std::sort(times.begin(), times.end());
  std::printf("batch of %d: median %.2f ms, longest %.2f ms (%d batches)\n",
              size, times[times.size() / 2] * 1e3, times.back() * 1e3, batches);
}

int Main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "change_bench VECTORS ROWS flat|hnsw INDEX\n");
    return 2;
  }
  const auto vectors = ReadVectors(argv[1]);
  Check(vectors.status());
  const std::string path = argv[4];
  Matrix rows =
      Enlarge(vectors->view(), static_cast<uint64_t>(std::atoi(argv[2])));
  const Matrix queries = Queries(&rows);
  ItemIndexOptions options;
  options.threads = 2;
  if (argv[3][0] == 'h') {
    options.hnsw.emplace();
    options.hnsw->threads = 2;
  }
  const auto index = ItemIndex::Build(Keys(rows.rows), rows.view(), options);
  Check(index.status());
  const double begin = Now();
  Check(index->Write(path));
  std::printf("the whole file: %.0f MB, %.0f ms\n",
              static_cast<double>(std::filesystem::file_size(path)) / 1e6,
              (Now() - begin) * 1e3);
  MeasureOpening("without changes", path);
  std::unique_ptr<IndexWriter> writer = IndexWriter::Open(path).value();
  MeasureQueries("without changes", *writer->index(), queries);
  Append(writer.get(), rows, 1, 1000, 0);
  MeasureOpening("1,000 changes", path);
  MeasureQueries("1,000 changes", *writer->index(), queries);
  Append(writer.get(), rows, 100, 1, 1000);
  Append(writer.get(), rows, 20, 100, 2000);
  const double start = Now();
  Check(writer->Compact(2));
  std::printf("compacted in %.0f ms\n", (Now() - start) * 1e3);
  MeasureQueries("compacted", *writer->index(), queries);
  return 0;
}

}  // namespace
}  // namespace embed

int main(int argc, char** argv) { return embed::Main(argc, argv); }
