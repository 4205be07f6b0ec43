// embedquery: nearest items of keys, from an index file.
#include "apps/common/command_line.h"
#include "apps/common/out_of_memory.h"
#include "apps/query_command.h"

int main(int argc, char** argv) {
  embed::EndCleanlyWithoutMemory();
  return embed::RunCommand(embed::QueryCommandInfo(), argc, argv,
                           embed::RunQuery);
}
