#include "embed/base/exceptions.h"

#include <exception>
#include <new>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace embed {

absl::Status CatchExceptions(const std::function<absl::Status()>& body) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("out of memory");
  } catch (const absl::BadStatusOrAccess& error) {
    return error.status();
  } catch (const std::exception& error) {
    return absl::InternalError(
        absl::StrCat("unexpected failure: ", error.what()));
  }
}

}  // namespace embed
