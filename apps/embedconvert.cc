// embedconvert: vectors of this and of other programs in every form.
#include "apps/common/command_line.h"
#include "apps/common/out_of_memory.h"
#include "apps/convert_command.h"

int main(int argc, char** argv) {
  embed::EndCleanlyWithoutMemory();
  return embed::RunCommand(embed::ConvertCommandInfo(), argc, argv,
                           embed::RunConvert);
}
