// embedtrain: learns embedding vectors of words or nodes.
#include "apps/common/command_line.h"
#include "apps/train_command.h"

int main(int argc, char** argv) {
  return embed::RunCommand(embed::TrainCommandInfo(), argc, argv,
                           embed::RunTrain);
}
