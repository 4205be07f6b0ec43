// The head of an HTTP answer.
#ifndef EMBED_APPS_SERVE_HTTP_REPLY_H_
#define EMBED_APPS_SERVE_HTTP_REPLY_H_

#include <string>

#include "apps/serve/reply.h"

namespace embed {

// Appends the status line and the header, to the empty line, of an answer to a
// request of this version (10: HTTP/1.0). Its length is that of reply.body,
// whether or not the body follows (to HEAD none does); 304 has none.
void AppendReplyHead(const Reply& reply, unsigned version, bool keep_alive,
                     std::string* text);

}  // namespace embed

#endif  // EMBED_APPS_SERVE_HTTP_REPLY_H_
