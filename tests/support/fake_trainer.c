/* A whole trainer around the hand-written network, for tests/cli/trainer.sh. */
#include "posix.h"
#include "trainer_main.h"
#include "fake_net.h"

int main(int argc, char **argv)
{
    return nn_main(&fake_net, argc, argv);
}
