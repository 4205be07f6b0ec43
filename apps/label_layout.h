// Where names go in a picture of points, so that none lies over another.
#ifndef EMBED_APPS_LABEL_LAYOUT_H_
#define EMBED_APPS_LABEL_LAYOUT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace embed {

struct Box {
  bool Overlaps(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom &&
           other.top < bottom;
  }
  bool Inside(const Box& other) const {
    return left >= other.left && right <= other.right && top >= other.top &&
           bottom <= other.bottom;
  }

  double left = 0.0;
  double top = 0.0;
  double right = 0.0;
  double bottom = 0.0;
};

// At most `limit` code points, with an ellipsis for the rest.
std::string Shortened(absl::string_view text, size_t limit);

class LabelLayout {
 public:
  // Names stay inside `area`.
  LabelLayout(const Box& area, double font_size)
      : area_(area), font_size_(font_size) {}

  struct Place {
    Box box;
    bool far = false;  // not beside its point: to be joined with it by a line
  };

  // A dot that names are not to cover.
  void Reserve(double x, double y, double radius);

  // A place for a name at the point (x, y), which is then taken: beside it or,
  // with `far`, up to ten lines away. None: there is no room.
  std::optional<Place> Add(double x, double y, double radius,
                           absl::string_view name, bool far);

 private:
  bool IsFree(const Box& box, double x, double y) const;

  struct Dot {
    double x;
    double y;
    Box box;
  };

  const Box area_;
  const double font_size_;
  std::vector<Box> taken_;
  std::vector<Dot> dots_;
};

}  // namespace embed

#endif  // EMBED_APPS_LABEL_LAYOUT_H_
