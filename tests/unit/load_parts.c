/* Conversion of the numbers of weights files; e2e/transfer.sh loads whole parts. */
#include "posix.h"
#include "load_parts.h"
#include "test.h"

static float half(unsigned bits)
{
    unsigned char bytes[2] = {(unsigned char)bits, (unsigned char)(bits >> 8)};
    uint32_t wide = nn_converted(bytes, 0, NN_FLOAT_F16);
    float value;
    memcpy(&value, &wide, sizeof value);
    return value;
}

static void halves_are_exact(void)
{
    EXPECT(half(0x3C00) == 1.0f);
    EXPECT(half(0xC000) == -2.0f);
    EXPECT(half(0x7BFF) == 65504.0f);
    EXPECT(half(0x0400) == 1.0f / 16384);                /* the smallest normal number */
    EXPECT(half(0x0001) == 1.0f / 16777216);             /* the smallest of all        */
    EXPECT(half(0x83FF) == -1023.0f / 16777216);
    EXPECT(half(0x0000) == 0.0f);
    EXPECT(half(0x7C00) > 3e38f);
    EXPECT(half(0x7E00) != half(0x7E00));
}

static void wide_numbers_are_rounded(void)
{
    const double third = 1.0 / 3;
    uint64_t bits;
    unsigned char bytes[8];
    memcpy(&bits, &third, sizeof bits);
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(bits >> 8 * i);
    uint32_t narrow = nn_converted(bytes, 0, NN_FLOAT_F64);
    const float expected = (float)third;
    EXPECT(memcmp(&narrow, &expected, sizeof narrow) == 0);
    const unsigned char brain[2] = {0x80, 0xBF};
    EXPECT(nn_converted(brain, 0, NN_FLOAT_BF16) == 0xBF800000u); /* -1 */
}

int main(void)
{
    RUN(halves_are_exact);
    RUN(wide_numbers_are_rounded);
    return test_end();
}
