/* The functions of runtime/vecmath.h against double precision, over all magnitudes and signs. */
#include "vecmath.h"
#include "test.h"

/* Distance in units in the last place of the exact value; 0 when both overflow or both are NaN. */
static double ulps(float found, double exact)
{
    if (isnan(exact) || isnan(found))
        return isnan(exact) && isnan(found) ? 0 : 1e30;
    if (fabs(exact) > 3.4028235677973366e38 || isinf(found))
        return isinf(found) && (found > 0) == (exact > 0) && fabs(exact) > 3.40282336e38 ? 0 : 1e30;
    if (fabs(exact) < 1.17549435e-38 && fabs((double)found) < 1.17549435e-38)
        return 0; /* a denormal may be flushed to zero */
    int exponent;
    frexp(exact, &exponent);
    return fabs((double)found - exact) / ldexp(1.0, exponent - 24);
}

static double worst(float (*function)(float), double (*exact)(double), const char *name)
{
    double largest = 0;
    float where = 0;
    for (uint64_t bits = 0; bits < (UINT64_C(1) << 32); bits += 1021) {
        float x = nn_from_bits((uint32_t)bits);
        double error = ulps(function(x), exact((double)x));
        if (error > largest) {
            largest = error;
            where = x;
        }
    }
    printf("%-10s %.3g ulp at %.9g\n", name, largest, (double)where);
    return largest;
}

static double exact_sigmoid(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

static double exact_softplus(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

/* The inverse of erf by Newton's method, from the value that is tested. */
static double exact_erf_inverse(double x)
{
    if (isnan(x) || fabs(x) > 1)
        return NAN;
    if (fabs(x) == 1)
        return x * INFINITY;
    double y = (double)nn_erf_inverse((float)x), slope = 2 / sqrt(acos(-1.0));
    for (int i = 0; i < 4; i++) {
        double rest = fabs(x) < 0.5 ? erf(y) - x : x > 0 ? (1 - x) - erfc(y) : erfc(-y) - (1 + x);
        y -= rest / (slope * exp(-y * y));
    }
    return y;
}

#define SCALAR(name) \
    static float scalar_##name(float x) { return nn_##name(x); }
SCALAR(exp)
SCALAR(log)
SCALAR(log1p)
SCALAR(tanh)
SCALAR(sigmoid)
SCALAR(softplus)
SCALAR(expm1)
SCALAR(erf)
SCALAR(erf_inverse)

static void errors_stay_within_the_stated_ulps(void)
{
    EXPECT(worst(scalar_exp, exp, "exp") <= 1.0);
    EXPECT(worst(scalar_log, log, "log") <= 1.0);
    EXPECT(worst(scalar_log1p, log1p, "log1p") <= 2.0);
    EXPECT(worst(scalar_tanh, tanh, "tanh") <= 2.0);
    EXPECT(worst(scalar_sigmoid, exact_sigmoid, "sigmoid") <= 3.0);
    EXPECT(worst(scalar_softplus, exact_softplus, "softplus") <= 3.0);
    EXPECT(worst(scalar_expm1, expm1, "expm1") <= 3.0);
    EXPECT(worst(scalar_erf, erf, "erf") <= 2.0);
    EXPECT(worst(scalar_erf_inverse, exact_erf_inverse, "erf_inverse") <= 8.0);
}

static void extremes_have_their_limits(void)
{
    EXPECT(nn_exp(INFINITY) == INFINITY);
    EXPECT(nn_exp(-INFINITY) == 0.0f);
    EXPECT(nn_exp(0.0f) == 1.0f);
    EXPECT(nn_log(0.0f) == -INFINITY);
    EXPECT(nn_log(INFINITY) == INFINITY);
    EXPECT(nn_log(1.0f) == 0.0f);
    EXPECT(isnan(nn_log(-1.0f)));
    EXPECT(nn_log1p(-1.0f) == -INFINITY);
    EXPECT(nn_log1p(INFINITY) == INFINITY);
    EXPECT(isnan(nn_log1p(-1.5f)));
    EXPECT(nn_tanh(INFINITY) == 1.0f);
    EXPECT(nn_tanh(-INFINITY) == -1.0f);
    EXPECT(signbit(nn_tanh(-0.0f)));
    EXPECT(nn_sigmoid(INFINITY) == 1.0f);
    EXPECT(nn_sigmoid(-INFINITY) == 0.0f);
    EXPECT(nn_softplus(INFINITY) == INFINITY);
    EXPECT(nn_softplus(-INFINITY) == 0.0f);
    EXPECT(nn_expm1(INFINITY) == INFINITY);
    EXPECT(nn_expm1(-INFINITY) == -1.0f);
    EXPECT(nn_erf(INFINITY) == 1.0f);
    EXPECT(nn_erf(-INFINITY) == -1.0f);
    EXPECT(signbit(nn_erf(-0.0f)));
    EXPECT(nn_erf_inverse(1.0f) == INFINITY);
    EXPECT(nn_erf_inverse(-1.0f) == -INFINITY);
    EXPECT(nn_elu(-INFINITY, 2.0f) == -2.0f);
    EXPECT(nn_elu(INFINITY, 2.0f) == INFINITY);
}

static void nan_is_never_hidden(void)
{
    EXPECT(isnan(nn_exp(NAN)));
    EXPECT(isnan(nn_log(NAN)));
    EXPECT(isnan(nn_log1p(NAN)));
    EXPECT(isnan(nn_tanh(NAN)));
    EXPECT(isnan(nn_sigmoid(NAN)));
    EXPECT(isnan(nn_softplus(NAN)));
    EXPECT(isnan(nn_expm1(NAN)));
    EXPECT(isnan(nn_erf(NAN)));
    EXPECT(isnan(nn_erf_inverse(NAN)));
    EXPECT(isnan(nn_elu(NAN, 1.0f)));
    EXPECT(isnan(nn_relu(NAN)));
    EXPECT(isnan(nn_leaky_relu(NAN, 0.1f)));
    EXPECT(isnan(nn_maximum(NAN, 1.0f)));
    EXPECT(isnan(nn_maximum(1.0f, NAN)));
    EXPECT(isnan(nn_minimum(NAN, 1.0f)));
    EXPECT(isnan(nn_minimum(1.0f, NAN)));
}

static void simple_functions_are_exact(void)
{
    EXPECT(nn_relu(-2.0f) == 0.0f);
    EXPECT(nn_relu(3.0f) == 3.0f);
    EXPECT(nn_leaky_relu(-2.0f, 0.5f) == -1.0f);
    EXPECT(nn_leaky_relu(2.0f, 0.5f) == 2.0f);
    EXPECT(nn_maximum(1.0f, 2.0f) == 2.0f);
    EXPECT(nn_minimum(1.0f, 2.0f) == 1.0f);
    EXPECT(nn_abs(-3.0f) == 3.0f);
    EXPECT(nn_select(1, 5.0f, 6.0f) == 5.0f);
    EXPECT(nn_sqrt(9.0f) == 3.0f);
    EXPECT(nn_rsqrt(4.0f) == 0.5f);
    EXPECT(nn_pow(2.0f, 10.0f) == 1024.0f);
}

int main(void)
{
    RUN(errors_stay_within_the_stated_ulps);
    RUN(extremes_have_their_limits);
    RUN(nan_is_never_hidden);
    RUN(simple_functions_are_exact);
    return test_end();
}
