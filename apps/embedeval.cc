// embedeval: how good vectors are, by the protocols of the papers.
#include "apps/eval_command.h"

int main(int argc, char** argv) { return embed::RunEvalCommand(argc, argv); }
