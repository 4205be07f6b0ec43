// embedserve: an index as a service, with a page to explore it.
#include "apps/common/command_line.h"
#include "apps/common/out_of_memory.h"
#include "apps/serve/serve_command.h"

int main(int argc, char** argv) {
  embed::EndCleanlyWithoutMemory();
  return embed::RunCommand(embed::ServeCommandInfo(), argc, argv,
                           embed::RunServe);
}
