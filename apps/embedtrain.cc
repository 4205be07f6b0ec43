// embedtrain: learns embedding vectors of words or nodes.
#include "apps/common/command_line.h"
#include "apps/common/out_of_memory.h"
#include "apps/train_command.h"

int main(int argc, char** argv) {
  embed::EndCleanlyWithoutMemory();
  return embed::RunCommand(embed::TrainCommandInfo(), argc, argv,
                           embed::RunTrain);
}
