// Slow and obvious versions of what text/ does, to test it against.
#ifndef EMBED_TESTS_EMBED_BASE_NAIVE_TEXT_H_
#define EMBED_TESTS_EMBED_BASE_NAIVE_TEXT_H_

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace embed {

// The bits of a code point written out as in RFC 3629, section 3.
inline std::string NaiveEncode(uint32_t c) {
  const auto b = [](uint32_t byte) {
    return std::string(1, static_cast<char>(byte));
  };
  if (c <= 0x7F) return b(c);
  if (c <= 0x7FF) return b(0xC0 + c / 64) + b(0x80 + c % 64);
  if (c <= 0xFFFF) {
    return b(0xE0 + c / 4096) + b(0x80 + c / 64 % 64) + b(0x80 + c % 64);
  }
  return b(0xF0 + c / 262144) + b(0x80 + c / 4096 % 64) +
         b(0x80 + c / 64 % 64) + b(0x80 + c % 64);
}

inline const std::vector<std::string>& NaiveWhiteSpace() {
  static const auto* const all = [] {
    auto* list = new std::vector<std::string>;
    for (const uint32_t c :
         {0x0u,    0x9u,    0xAu,    0xBu,    0xCu,    0xDu,    0x20u,
          0x85u,   0xA0u,   0x1680u, 0x2000u, 0x2001u, 0x2002u, 0x2003u,
          0x2004u, 0x2005u, 0x2006u, 0x2007u, 0x2008u, 0x2009u, 0x200Au,
          0x2028u, 0x2029u, 0x202Fu, 0x205Fu, 0x3000u}) {
      list->push_back(NaiveEncode(c));
    }
    return list;
  }();
  return *all;
}

// The lines of `text` as lists of tokens; a line that a line feed ends, or that
// holds anything before the end of the text.
inline std::vector<std::vector<std::string>> NaiveLines(
    const std::string& text) {
  std::vector<std::vector<std::string>> lines;
  std::vector<std::string> line;
  std::string token;
  const auto end_token = [&] {
    if (!token.empty()) line.push_back(token);
    token.clear();
  };
  for (size_t i = 0; i < text.size();) {
    size_t blank = 0;
    for (const std::string& space : NaiveWhiteSpace()) {
      if (text.compare(i, space.size(), space) == 0) blank = space.size();
    }
    if (blank == 0) {
      token += text[i++];
      continue;
    }
    end_token();
    if (text[i] == '\n') {
      lines.push_back(line);
      line.clear();
    }
    i += blank;
  }
  end_token();
  if (!line.empty() || (!text.empty() && text.back() != '\n')) {
    lines.push_back(line);
  }
  return lines;
}

inline std::vector<std::string> NaiveTokens(const std::string& text) {
  std::vector<std::string> all;
  for (const auto& line : NaiveLines(text)) {
    all.insert(all.end(), line.begin(), line.end());
  }
  return all;
}

// Valid text with words of all lengths in several scripts, with all kinds of
// white space, about `pieces` words.
inline std::string RandomText(int pieces, uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&random](uint32_t n) {
    return static_cast<uint32_t>(random() % n);
  };
  std::string text;
  for (int i = 0; i < pieces; ++i) {
    const uint32_t script = below(5);
    // Small ranges at the start, so that words repeat.
    const uint32_t length = 1 + (below(4) == 0 ? below(25) : below(4));
    const uint32_t letters = below(3) == 0 ? 26 : 2;
    for (uint32_t k = 0; k < length; ++k) {
      const uint32_t base[] = {'a', 0xC0, 0x3001, 0x4E00, 0x1F600};
      text += NaiveEncode(base[script] + below(letters));
    }
    const uint32_t kind = below(10);
    if (kind == 0) {
      text += below(3) == 0 ? "\r\n" : "\n";
    } else if (kind == 1) {
      const auto& spaces = NaiveWhiteSpace();
      text += spaces[below(static_cast<uint32_t>(spaces.size()))];
      text += spaces[below(static_cast<uint32_t>(spaces.size()))];
    } else {
      text += ' ';
    }
  }
  return text;
}

}  // namespace embed

#endif  // EMBED_TESTS_EMBED_BASE_NAIVE_TEXT_H_
