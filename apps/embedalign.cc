// embedalign: two sets of vectors in one space.
#include "apps/align_command.h"
#include "apps/common/command_line.h"

int main(int argc, char** argv) {
  return embed::RunCommand(embed::AlignCommandInfo(), argc, argv,
                           embed::RunAlign);
}
