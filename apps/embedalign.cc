// embedalign: two sets of vectors in one space.
#include "apps/align_command.h"
#include "apps/common/command_line.h"
#include "apps/common/out_of_memory.h"

int main(int argc, char** argv) {
  embed::EndCleanlyWithoutMemory();
  return embed::RunCommand(embed::AlignCommandInfo(), argc, argv,
                           embed::RunAlign);
}
