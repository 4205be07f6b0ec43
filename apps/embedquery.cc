// embedquery: nearest items of keys, from an index file.
#include "apps/common/command_line.h"
#include "apps/query_command.h"

int main(int argc, char** argv) {
  return embed::RunCommand(embed::QueryCommandInfo(), argc, argv,
                           embed::RunQuery);
}
