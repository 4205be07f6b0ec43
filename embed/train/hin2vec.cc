#include "embed/train/hin2vec.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "embed/base/philox.h"
#include "embed/base/status_macros.h"
#include "embed/kernels/random.h"
#include "embed/train/noise_options.h"
#include "embed/train/output_layer.h"
#include "embed/train/row_pairs.h"

namespace embed {
namespace {

// Triples whose negatives are drawn in one go. Even, so that their words begin
// with a block of the generator.
constexpr size_t kTripleBlock = 128;
// Triples between asking for rows and using them, so that the work on the
// former hides the memory access.
constexpr size_t kTriplesAhead = 6;

absl::Status CheckTripleTable(const char* name, const EmbeddingTable& table,
                              uint64_t rows, int dim) {
  if (table.rows() == rows && table.dim() == dim) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the table of ", name, " is [", table.rows(), ", ",
                   table.dim(), "], expected [", rows, ", ", dim, "]"));
}

}  // namespace

absl::Status Hin2vecOptions::Validate() const {
  if (window < 1 || window > RelationWindow::kMaxWindow) {
    return absl::InvalidArgumentError(absl::StrCat(
        "window is ", window, ", expected 1 to ", RelationWindow::kMaxWindow));
  }
  EMBED_RETURN_IF_ERROR(CheckNegatives(negatives));
  return CheckNoiseExponent(noise_exponent);
}

void FillHin2vecTables(uint64_t seed, int threads, EmbeddingTable* nodes,
                       EmbeddingTable* relation_vectors) {
  const float radius = 0.5f / static_cast<float>(nodes->dim());
  nodes->FillUniform(radius, seed, threads);
  // Another seed, since an element is named by its seed, row and column.
  relation_vectors->FillUniform(radius, ~seed, threads);
  for (uint64_t r = 0; r < relation_vectors->rows(); ++r) {
    float* const row = relation_vectors->row(r);
    for (int i = 0; i < relation_vectors->dim(); ++i) row[i] += radius;
  }
}

class Hin2vec::TripleWorker : public Worker {
 public:
  explicit TripleWorker(const Hin2vec* owner)
      : owner_(*owner),
        window_{static_cast<uint32_t>(owner->nodes_->rows()),
                owner->options_.window, owner->options_.allow_cycles},
        negatives_(static_cast<size_t>(owner->options_.negatives)),
        stride_(owner->nodes_->stride()),
        words_(kTripleBlock * negatives_ * GroupedNegatives::kWordsPerDraw),
        drawn_(negatives_),
        targets_(kTripleBlock * (1 + negatives_)),
        num_targets_(kTripleBlock),
        step_(GetTripleStep(owner->options_.gate)) {}

  void Train(uint32_t epoch, const SequenceBatch& batch, const RateRange& rate,
             TrainStats* stats) override {
    const size_t walks = batch.num_sequences();
    for (size_t w = 0; w < walks; ++w) {
      if (batch.sequence(w).size() == 1) continue;  // a node without edges
      const double done = static_cast<double>(w) / static_cast<double>(walks);
      rate_ = rate.At(done);
      FindTriples(batch.sequence(w));
      TrainTriples(PhiloxStream(owner_.options_.seed, RandomPurpose::kNegatives,
                                epoch, batch.first_sequence + w));
      stats->tokens += batch.sequence(w).size() / 2 + 1;
      stats->examples += triples_.size();
    }
    stats->loss += loss_.Take();
  }

 private:
  struct Triple {
    uint32_t x;
    uint32_t y;
    uint32_t relation;
  };

  void FindTriples(absl::Span<const uint32_t> walk) {
    triples_.clear();
    const RelationIndex& relations = *owner_.relations_;
    ForEachTriple(
        window_, walk, RelationIndex::kRoot,
        [&](uint32_t state, uint16_t type) {
          return relations.Extend(state, type);
        },
        [&](uint32_t x, uint32_t y, uint32_t state) {
          if (state < relations.size()) triples_.push_back({x, y, state});
        });
  }

  void TrainTriples(const PhiloxStream& stream) {
    const size_t words = negatives_ * GroupedNegatives::kWordsPerDraw;
    for (size_t begin = 0; begin < triples_.size(); begin += kTripleBlock) {
      const auto block =
          absl::MakeConstSpan(triples_).subspan(begin, kTripleBlock);
      FillRandom(stream, static_cast<uint32_t>(begin * words / 4),
                 absl::MakeSpan(words_).first(block.size() * words));
      for (size_t i = 0; i < block.size(); ++i) {
        FindTargets(block[i], i, words_.data() + i * words);
      }
      for (size_t i = 0; i < std::min(kTriplesAhead, block.size()); ++i) {
        Prefetch(i);
      }
      for (size_t i = 0; i < block.size(); ++i) {
        const size_t next = std::min(i + kTriplesAhead, block.size() - 1);
        step_({owner_.nodes_->row(block[i].x),
               owner_.relation_vectors_->row(block[i].relation), TargetsOf(i),
               num_targets_[i], stride_, rate_, TargetsOf(next),
               num_targets_[next]},
              &loss_);
      }
    }
  }

  float** TargetsOf(size_t i) { return &targets_[i * (1 + negatives_)]; }

  // Notes the rows of y and of the negatives that are neither x nor y.
  void FindTargets(const Triple& triple, size_t i, const uint32_t* words) {
    owner_.noise_.Draw(triple.y, words, absl::MakeSpan(drawn_));
    float** const targets = TargetsOf(i);
    targets[0] = owner_.nodes_->row(triple.y);
    int count = 1;
    for (const uint32_t id : drawn_) {
      targets[count] = owner_.nodes_->row(id);
      count += id != triple.x && id != triple.y;
    }
    num_targets_[i] = count;
  }

  void Prefetch(size_t i) {
    PrefetchRows({TargetsOf(i), static_cast<size_t>(num_targets_[i])}, stride_);
  }

  const Hin2vec& owner_;
  const RelationWindow window_;
  const size_t negatives_;
  const uint64_t stride_;
  std::vector<Triple> triples_;  // of the walk in hand
  // Of a block of them:
  std::vector<uint32_t> words_;
  std::vector<uint32_t> drawn_;
  std::vector<float*> targets_;  // y, then the negatives
  std::vector<int> num_targets_;
  float rate_ = 0;
  const TripleStepFunction step_;
  LossSum loss_;
};

absl::StatusOr<std::unique_ptr<Hin2vec>> Hin2vec::Create(
    const Hin2vecOptions& options, absl::Span<const uint64_t> counts,
    absl::Span<const uint32_t> group_ends, const RelationIndex* relations,
    EmbeddingTable* nodes, EmbeddingTable* relation_vectors) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  if (relations->size() == 0) {
    return absl::InvalidArgumentError(
        "no relation occurs in the walks: every walk has a single node, or "
        "leads only to nodes that it has been at");
  }
  EMBED_RETURN_IF_ERROR(
      CheckTripleTable("nodes", *nodes, counts.size(), nodes->dim()));
  EMBED_RETURN_IF_ERROR(CheckTripleTable("relations", *relation_vectors,
                                         relations->size(), nodes->dim()));
  EMBED_ASSIGN_OR_RETURN(
      GroupedNegatives noise,
      GroupedNegatives::Create(counts, group_ends, options.noise_exponent));
  return std::unique_ptr<Hin2vec>(new Hin2vec(
      options, std::move(noise), relations, nodes, relation_vectors));
}

std::unique_ptr<Objective::Worker> Hin2vec::NewWorker() const {
  return std::make_unique<TripleWorker>(this);
}

std::vector<TrainedArray> Hin2vec::State() const {
  const auto values = [](EmbeddingTable* table) {
    return absl::MakeSpan(table->data(), table->rows() * table->stride());
  };
  return {{"input", values(nodes_)}, {"relations", values(relation_vectors_)}};
}

absl::StatusOr<std::unique_ptr<PairTraining>> Hin2vec::NewPairTraining(
    const PartitionOptions& /*options*/) const {
  return absl::UnimplementedError(
      "an example of HIN2Vec has a relation beside its pair of nodes");
}

}  // namespace embed
