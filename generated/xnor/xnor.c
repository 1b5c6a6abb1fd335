/* xnor.c: the network of xnor.nnd. Made by nndc 0.1.0; do not edit it, change the .nnd file and
 * run nndc again. What it does and how it is used: see xnor.h.
 *
 * build      cc -O3 -c xnor.c      (-march=native for speed, -fopenmp for threads)
 * memory     128 bytes of workspace, 448 of weights; 1 samples at once
 */
#include "xnor.h"

/* ---- runtime/rt.h ---- */
/* rt.h: the words every other piece and every generated kernel use.
 *
 * Needs nothing but the compiler. With GCC or Clang a vector (nn_vec) is as wide as the instruction
 * set the file is compiled for; with other compilers, or with -DNN_PLAIN, it is one float and the
 * same kernels run as plain C. Loads and stores may be unaligned and may look at memory that other
 * code reads with another type. */

#include <math.h>
#include <stdint.h>
#include <string.h>

/* GCC vectorises a select only when nobody watches floating-point traps. Nobody does, and the file
 * says so itself, so that a plain "cc -O3" is enough. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-trapping-math", "no-math-errno")
#endif

#if defined(__GNUC__) || defined(__clang__)
#define NN_RESTRICT __restrict__
#define NN_ALIGN    __attribute__((aligned(64)))
#if defined(__clang__) && defined(__AVX512F__)
/* For many AVX-512 processors clang splits 64-byte vectors into halves, at half the speed, unless a
 * function asks for the full width. A kernel that inlines one of these inherits the wish. */
#define NN_INLINE static inline __attribute__((always_inline, unused, min_vector_width(512)))
#else
#define NN_INLINE static inline __attribute__((always_inline, unused))
#endif
#define NN_APART    __attribute__((noinline, unused))
#define NN_PRINTF(position, first) __attribute__((format(printf, position, first)))
#else
#define NN_RESTRICT
#define NN_ALIGN
#define NN_INLINE static inline
#define NN_APART
#define NN_PRINTF(position, first)
#endif

/* The same number, which no compiler makes a lane of a vector: where there are two or three of a kind,
 * moving them into vectors and out again takes longer than computing them. */
NN_INLINE float nn_alone(float x)
{
#if defined(__SSE__) && (defined(__GNUC__) || defined(__clang__))
    __asm__("" : "+x"(x));
#endif
    return x;
}

NN_INLINE void nn_zero(float *to, int count)
{
    for (int i = 0; i < count; i++)
        to[i] = 0.0f;
}

/* Denormal numbers are a hundred times slower than others, and the moments of dead parameters end
 * there. The mode belongs to a thread: call this in every thread that computes. Returns the mode
 * before, for nn_restore_denormals. Where the processor has no such mode nothing happens. */
NN_INLINE uint64_t nn_flush_denormals(void)
{
#if defined(__SSE__) && (defined(__GNUC__) || defined(__clang__))
    unsigned mode = __builtin_ia32_stmxcsr();
    if ((mode & 0x8040u) != 0x8040u) /* setting it waits for what runs */
        __builtin_ia32_ldmxcsr(mode | 0x8040u); /* flush to zero, denormals are zero */
    return mode;
#elif defined(__aarch64__) && (defined(__GNUC__) || defined(__clang__))
    uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    __asm__ volatile("msr fpcr, %0" : : "r"(mode | ((uint64_t)1 << 24)));
    return mode;
#else
    return 0;
#endif
}

NN_INLINE void nn_restore_denormals(uint64_t mode)
{
#if defined(__SSE__) && (defined(__GNUC__) || defined(__clang__))
    if (((unsigned)mode & 0x8040u) != 0x8040u)
        __builtin_ia32_ldmxcsr((unsigned)mode);
#elif defined(__aarch64__) && (defined(__GNUC__) || defined(__clang__))
    __asm__ volatile("msr fpcr, %0" : : "r"(mode));
#else
    (void)mode;
#endif
}

/* ---- runtime/vecmath.h ---- */
/* vecmath.h: elementary functions that compilers turn into vector code.
 *
 * Each function is straight-line scalar C without calls into libm and without branches (a condition
 * is a select), so a plain loop over it is vectorised by GCC and Clang at -O3. Errors in units in the
 * last place, measured over all magnitudes by tests/unit/vecmath.c: exp 1, expm1 3, log 1, log1p 2,
 * sigmoid 3, tanh 2, softplus 3, erf 2, erf_inverse 8. NaN gives NaN; infinities give the limits. A
 * result below the smallest normal number may be zero; where the mode of the thread flushes denormals,
 * the logarithm of a denormal is that of zero.
 *
 * The rounding in nn_exp adds and subtracts a large constant, which -ffast-math (associative math)
 * would remove: do not compile with it. Polynomials are interpolations at Chebyshev nodes of the
 * interval named beside them. */

#include <math.h>

NN_INLINE uint32_t nn_bits(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

NN_INLINE float nn_from_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

NN_INLINE float nn_relu(float x)
{
    return x < 0.0f ? 0.0f : x;
}

/* sqrtf may set errno, and compilers leave it scalar for that. Said again to depend on nothing and to do
 * nothing else, it is a vector instruction in a loop, without -fno-math-errno. */
#if (defined(__GNUC__) || defined(__clang__)) && !defined(__cplusplus)
extern float sqrtf(float) __attribute__((const));
#endif

/* e^x = 2^n e^r with n = round(x / ln 2). 2^n is multiplied in two halves, so that the result
 * overflows to infinity and sinks to zero by itself. */
NN_INLINE float nn_exp(float x)
{
    const float magic = 12582912.0f; /* 1.5 * 2^23: its last bit counts ones */
    float c = x > 89.0f ? 89.0f : x; /* e^89 is infinite already, e^-104 is zero */
    c = c < -104.0f ? -104.0f : c;
    float t = c * 1.44269504f + magic;
    int32_t n = (int32_t)(nn_bits(t) - nn_bits(magic));
    float whole = t - magic;
    float r = c - whole * 0.693359375f; /* ln 2 in two parts; the first times n is exact */
    r = r + whole * 2.12194440e-4f;
    float p = 1.98910307e-4f; /* (e^r - 1 - r) / r^2 on |r| <= ln 2 / 2 */
    p = p * r + 1.39336859e-3f;
    p = p * r + 8.33331089e-3f;
    p = p * r + 4.16664646e-2f;
    p = p * r + 1.66666667e-1f;
    p = p * r + 5.00000001e-1f;
    p = p * (r * r) + r + 1.0f;
    int32_t half = n >> 1;
    float low = nn_from_bits((uint32_t)(half + 127) << 23);
    float high = nn_from_bits((uint32_t)(n - half + 127) << 23);
    return p * low * high;
}

NN_INLINE float nn_sigmoid(float x)
{
    return 1.0f / (1.0f + nn_exp(-x));
}

/* ---- runtime/tensor.h ---- */
/* tensor.h: what is known of a tensor of the network: its name and shape in files, its place in the
 * state, and how it begins. */

/* What a tensor is for. Parameters and statistics make up the weights file. */
enum { NN_PARAMETER, NN_STATISTIC, NN_OPTIMIZER };

/* Makes first values: initialise.h. */
struct nn_tensor;
typedef void nn_init_function(float *values, long long count, const struct nn_tensor *tensor,
                              uint32_t key);

typedef struct nn_tensor {
    const char *name;
    int kind;                /* NN_PARAMETER ... */
    int rank;                /* 0 for a single number */
    int dims[6];             /* as in files, row-major */
    int panel;               /* 0: row-major in memory; else the width of its panels (panel.h) */
    int groups;              /* of the last axis, 1 unless the convolution is grouped */
    long long offset;        /* floats from the start of the state */
    nn_init_function *init;  /* NULL: zeros */
    float init_a, init_b;
    long long fan_in, fan_out;
} nn_tensor;

/* ---- runtime/safetensors_parse.h ---- */
/* safetensors_parse.h: finds a network's tensors in the bytes of a safetensors file.
 *
 * No heap, no stdio; the bytes may be hostile. A file is 8 bytes with the length of a JSON header,
 * the header, and the data. The header maps a name to {"dtype", "shape", "data_offsets"}; the name
 * "__metadata__" maps to texts. Sizes are checked against the bytes that are there, products against
 * overflow, and no two tensors that are used may share a byte. */

#include <stddef.h>

enum {
    NN_FILE_OK,
    NN_FILE_SHORT,     /* fewer bytes than the header's length or the header promises */
    NN_FILE_HEADER,    /* the header is not what the format asks for */
    NN_FILE_RANGE,     /* a tensor's bytes do not fit its shape, or overlap another's */
    NN_FILE_DUPLICATE, /* a name stands there twice */
    NN_FILE_TYPE,      /* a tensor is not F32 */
    NN_FILE_SHAPE,     /* a tensor has another shape than the network's */
    NN_FILE_MISSING,   /* a tensor of the network is not there */
    NN_FILE_UNKNOWN    /* a tensor that the network does not have */
};

/* Where a tensor's bytes lie in the file; end is 0 while it was not found. */
typedef struct nn_found {
    uint64_t begin, end;
} nn_found;

/* What is wrong, for the message. Not every field says something for every status. */
typedef struct nn_culprit {
    int status;
    int tensor;               /* index in the network's table, or -1 */
    size_t position;          /* in the file */
    size_t name, name_length; /* of the entry, as written in the file */
    int rank;                 /* shape found, the first 6 axes of it */
    uint64_t dims[6];
} nn_culprit;

/* ---- a reader of the little JSON that headers are made of ---- */
typedef struct nn_scan {
    const unsigned char *bytes;
    size_t at, end;
    int bad;
    size_t metadata; /* where they begin, once they were passed over */
} nn_scan;

static int nn_scan_peek(nn_scan *scan)
{
    while (scan->at < scan->end) {
        unsigned char c = scan->bytes[scan->at];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            return c;
        scan->at++;
    }
    return -1;
}

static int nn_scan_take(nn_scan *scan, int wanted)
{
    if (scan->bad || nn_scan_peek(scan) != wanted) {
        scan->bad = 1;
        return 0;
    }
    scan->at++;
    return 1;
}

/* After an item of a list: 1 when another follows, 0 when `close` ended the list (or at an error). */
static int nn_scan_more(nn_scan *scan, int close)
{
    if (!scan->bad && nn_scan_peek(scan) == ',') {
        scan->at++;
        return 1;
    }
    nn_scan_take(scan, close);
    return 0;
}

/* A string; begin and length are its text without the quotes, escapes as they are. */
static void nn_scan_string(nn_scan *scan, size_t *begin, size_t *length)
{
    *begin = scan->at;
    *length = 0;
    if (!nn_scan_take(scan, '"'))
        return;
    *begin = scan->at;
    while (scan->at < scan->end && scan->bytes[scan->at] != '"') {
        if (scan->bytes[scan->at] < 0x20)
            break;
        scan->at += scan->bytes[scan->at] == '\\' ? 2u : 1u;
    }
    if (scan->at >= scan->end || scan->bytes[scan->at] != '"') {
        scan->bad = 1;
        return;
    }
    *length = scan->at - *begin;
    scan->at++;
}

/* A whole number up to 2^53. */
static uint64_t nn_scan_number(nn_scan *scan)
{
    uint64_t value = 0;
    int digits = 0;
    nn_scan_peek(scan);
    while (!scan->bad && scan->at < scan->end && scan->bytes[scan->at] >= '0' &&
           scan->bytes[scan->at] <= '9') {
        value = value * 10 + (uint64_t)(scan->bytes[scan->at] - '0');
        if (value > UINT64_C(1) << 53)
            scan->bad = 1;
        scan->at++;
        digits++;
    }
    if (digits == 0)
        scan->bad = 1;
    return value;
}

static int nn_scan_same(const nn_scan *scan, size_t begin, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(scan->bytes + begin, word, length) == 0;
}

/* One entry of the header. */
typedef struct nn_entry {
    size_t name, name_length;
    size_t type, type_length; /* its dtype, as written */
    int is_f32;
    uint64_t bytes; /* that the shape takes */
    int rank;
    uint64_t dims[6];
    uint64_t begin, end; /* from the start of the data */
} nn_entry;

/* Bytes of a value of a type, 0 when there is no such type. */
static uint64_t nn_scan_type(const nn_scan *scan, size_t begin, size_t length)
{
    static const char names[16][8] = {"BOOL", "U8",   "I8",  "F8_E5M2", "F8_E4M3", "I16",
                                      "U16",  "F16",  "BF16", "I32",    "U32",     "F32",
                                      "F64",  "I64",  "U64",  ""};
    static const unsigned char sizes[16] = {1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 8, 8, 8, 0};
    for (int i = 0; i < 15; i++)
        if (nn_scan_same(scan, begin, length, names[i]))
            return sizes[i];
    return 0;
}

/* [a, b, ...]; the product of the dims must stay below 2^53. */
static void nn_scan_shape(nn_scan *scan, nn_entry *entry, uint64_t *product)
{
    *product = 1;
    entry->rank = 0;
    nn_scan_take(scan, '[');
    if (!scan->bad && nn_scan_peek(scan) == ']') {
        scan->at++;
        return;
    }
    do {
        uint64_t dim = nn_scan_number(scan);
        if (dim != 0 && *product > (UINT64_C(1) << 53) / dim)
            scan->bad = 1;
        *product = scan->bad ? 0 : *product * dim;
        if (entry->rank < 6)
            entry->dims[entry->rank] = dim;
        entry->rank++;
        if (entry->rank > 32)
            scan->bad = 1;
    } while (nn_scan_more(scan, ']'));
}

/* {"dtype": "F32", "shape": [...], "data_offsets": [begin, end]}, keys in any order, each once. */
static void nn_scan_entry(nn_scan *scan, nn_entry *entry)
{
    uint64_t product = 0, item = 0;
    int seen = 0;
    nn_scan_take(scan, '{');
    do {
        size_t key, length, value = 0, value_length = 0;
        int bit = 0;
        nn_scan_string(scan, &key, &length);
        nn_scan_take(scan, ':');
        if (scan->bad)
            return;
        if (nn_scan_same(scan, key, length, "dtype")) {
            bit = 1;
            nn_scan_string(scan, &value, &value_length);
            item = scan->bad ? 0 : nn_scan_type(scan, value, value_length);
            entry->type = value;
            entry->type_length = value_length;
            entry->is_f32 = !scan->bad && nn_scan_same(scan, value, value_length, "F32");
        } else if (nn_scan_same(scan, key, length, "shape")) {
            bit = 2;
            nn_scan_shape(scan, entry, &product);
        } else if (nn_scan_same(scan, key, length, "data_offsets")) {
            bit = 4;
            nn_scan_take(scan, '[');
            entry->begin = nn_scan_number(scan);
            nn_scan_take(scan, ',');
            entry->end = nn_scan_number(scan);
            nn_scan_take(scan, ']');
        }
        if (bit == 0 || (seen & bit) != 0)
            scan->bad = 1;
        seen |= bit;
    } while (nn_scan_more(scan, '}'));
    if (seen != 7 || item == 0)
        scan->bad = 1;
    entry->bytes = product * item; /* below 2^56 */
}

/* {"key": "text", ...} */
static void nn_scan_texts(nn_scan *scan)
{
    size_t begin, length;
    nn_scan_take(scan, '{');
    if (!scan->bad && nn_scan_peek(scan) == '}') {
        scan->at++;
        return;
    }
    do {
        nn_scan_string(scan, &begin, &length);
        nn_scan_take(scan, ':');
        nn_scan_string(scan, &begin, &length);
    } while (nn_scan_more(scan, '}'));
}

/* Starts a scan of the header and gives the place of the data. */
static int nn_safetensors_open(const unsigned char *bytes, size_t size, nn_scan *scan, size_t *data)
{
    uint64_t length = 0;
    if (size < 8)
        return NN_FILE_SHORT;
    for (int i = 7; i >= 0; i--)
        length = length << 8 | bytes[i];
    if (length > (uint64_t)100 << 20)
        return NN_FILE_HEADER; /* the limit of the format's own library */
    if (length > size - 8)
        return NN_FILE_SHORT;
    scan->bytes = bytes;
    scan->at = 8;
    scan->end = 8 + (size_t)length;
    scan->bad = 0;
    scan->metadata = 0;
    *data = scan->end;
    return NN_FILE_OK;
}

/* ---- tensors of a network ---- */

/* The next tensor of a header, from the first on; metadata are passed over. 0 at the end of the header,
 * and where it is damaged: then scan->bad is set. */
static int nn_scan_next(nn_scan *scan, nn_entry *entry, int is_first)
{
    int more = is_first ? nn_scan_take(scan, '{') : nn_scan_more(scan, '}');
    if (is_first && more && nn_scan_peek(scan) == '}') {
        scan->at++;
        return 0;
    }
    while (more && !scan->bad) {
        memset(entry, 0, sizeof *entry);
        nn_scan_string(scan, &entry->name, &entry->name_length);
        nn_scan_take(scan, ':');
        if (!scan->bad && !nn_scan_same(scan, entry->name, entry->name_length, "__metadata__")) {
            nn_scan_entry(scan, entry);
            return !scan->bad;
        }
        scan->metadata = scan->at;
        if (!scan->bad)
            nn_scan_texts(scan);
        more = nn_scan_more(scan, '}');
    }
    return 0;
}

/* Index of the tensor that an entry is for, or -1. Names in the file start with `prefix`. */
static int nn_entry_tensor(const nn_scan *scan, const nn_entry *entry, const char *prefix,
                           const nn_tensor *tensors, int count, int last_kind)
{
    size_t skip = strlen(prefix);
    if (entry->name_length < skip || memcmp(scan->bytes + entry->name, prefix, skip) != 0)
        return -1;
    for (int i = 0; i < count; i++)
        if (tensors[i].kind <= last_kind &&
            nn_scan_same(scan, entry->name + skip, entry->name_length - skip, tensors[i].name))
            return i;
    return -1;
}

/* Checks one entry against the file and, when it is a tensor of the network, against that. */
static int nn_entry_check(const nn_entry *entry, uint64_t data_bytes, const nn_tensor *tensor,
                          const nn_found *found)
{
    if (entry->begin > entry->end || entry->end > data_bytes ||
        entry->end - entry->begin != entry->bytes)
        return NN_FILE_RANGE;
    if (tensor == NULL)
        return NN_FILE_OK;
    if (found->end != 0)
        return NN_FILE_DUPLICATE;
    if (!entry->is_f32)
        return NN_FILE_TYPE;
    if (entry->rank != tensor->rank)
        return NN_FILE_SHAPE;
    for (int axis = 0; axis < tensor->rank; axis++)
        if (entry->dims[axis] != (uint64_t)tensor->dims[axis])
            return NN_FILE_SHAPE;
    return NN_FILE_OK;
}

/* Every wanted tensor is there and shares no byte with another one. */
static int nn_found_check(const nn_tensor *tensors, int count, int last_kind,
                          const nn_found *found, int *tensor)
{
    for (int i = 0; i < count; i++) {
        *tensor = i;
        if (tensors[i].kind > last_kind)
            continue;
        if (found[i].end == 0)
            return NN_FILE_MISSING;
        for (int j = 0; j < i; j++)
            if (tensors[j].kind <= last_kind && found[i].begin < found[j].end &&
                found[j].begin < found[i].end)
                return NN_FILE_RANGE;
    }
    return NN_FILE_OK;
}

/* Finds tensors[0 .. count-1] of a kind up to last_kind (NN_STATISTIC: all that a weights file
 * holds) and fills found[count]. With `strict` any further tensor is an error. Returns NN_FILE_OK
 * or the status that culprit also has; culprit may not be NULL. */
static int nn_safetensors_find(const unsigned char *bytes, size_t size, const char *prefix,
                               const nn_tensor *tensors, int count, int last_kind, int strict,
                               nn_found *found, nn_culprit *culprit)
{
    nn_scan scan;
    size_t data = 0;
    memset(culprit, 0, sizeof *culprit);
    memset(found, 0, sizeof *found * (size_t)count);
    culprit->tensor = -1;
    culprit->status = nn_safetensors_open(bytes, size, &scan, &data);
    if (culprit->status != NN_FILE_OK)
        return culprit->status;
    nn_entry entry;
    for (int is_first = 1; nn_scan_next(&scan, &entry, is_first); is_first = 0) {
        int i = nn_entry_tensor(&scan, &entry, prefix, tensors, count, last_kind);
        culprit->tensor = i;
        culprit->name = entry.name;
        culprit->name_length = entry.name_length;
        culprit->rank = entry.rank;
        memcpy(culprit->dims, entry.dims, sizeof culprit->dims);
        culprit->status = nn_entry_check(&entry, (uint64_t)(size - data), i < 0 ? NULL : &tensors[i],
                                         i < 0 ? NULL : &found[i]);
        if (culprit->status == NN_FILE_OK && i < 0 && strict)
            culprit->status = NN_FILE_UNKNOWN;
        if (culprit->status != NN_FILE_OK)
            return culprit->status;
        if (i >= 0) {
            found[i].begin = entry.begin + data;
            found[i].end = entry.end + data;
        }
    }
    if (scan.bad || nn_scan_peek(&scan) != -1) {
        culprit->position = scan.at;
        return culprit->status = NN_FILE_HEADER;
    }
    culprit->name_length = 0;
    return culprit->status = nn_found_check(tensors, count, last_kind, found, &culprit->tensor);
}

/* Element i of little-endian bytes. */
NN_INLINE float nn_float_at(const unsigned char *bytes, long long i)
{
    const unsigned char *b = bytes + 4 * i;
    uint32_t bits = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
                    (uint32_t)b[3] << 24;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The codes of the header are those of the reader, and weights have no gaps: else this does not
 * compile. */
typedef char xnor_codes_agree[(int)XNOR_ERROR_UNKNOWN == (int)NN_FILE_UNKNOWN ? 1 : -1];
typedef char xnor_weights_are_packed[sizeof(xnor_weights) == 112u * sizeof(float) ? 1 : -1];

/* ---- weights from the bytes of a file ---- */
NN_INLINE void load_dense_1_kernel_forward_copy(const unsigned char *NN_RESTRICT dense_1_kernel,
                                                float *NN_RESTRICT dense_1_kernel_out)
{
    for (int i = 0; i < 2; i++)
        for (int c = 0; c < 3; c++)
            dense_1_kernel_out[i * 16 + c] = nn_float_at(dense_1_kernel, i * 3 + c);
}

/* the room around dense_1.kernel_out is zero                                  xnor.nnd:8 */
NN_INLINE void load_dense_1_kernel_forward_halo(float *NN_RESTRICT dense_1_kernel_out)
{
    /* room around the data */
    for (int r = 0; r < 2; r++)
        nn_zero(dense_1_kernel_out + r * 16 + 3, 13);
}

NN_INLINE void load_dense_1_bias_forward_copy(const unsigned char *NN_RESTRICT dense_1_bias,
                                              float *NN_RESTRICT dense_1_bias_out)
{
    for (int c = 0; c < 3; c++)
        dense_1_bias_out[c] = nn_float_at(dense_1_bias, c);
}

NN_INLINE void load_dense_2_kernel_forward_copy(const unsigned char *NN_RESTRICT dense_2_kernel,
                                                float *NN_RESTRICT dense_2_kernel_out)
{
    for (int i = 0; i < 3; i++)
        dense_2_kernel_out[i * 16] = nn_float_at(dense_2_kernel, i);
}

/* the room around dense_2.kernel_out is zero                                  xnor.nnd:9 */
NN_INLINE void load_dense_2_kernel_forward_halo(float *NN_RESTRICT dense_2_kernel_out)
{
    /* room around the data */
    for (int r = 0; r < 3; r++)
        nn_zero(dense_2_kernel_out + r * 16 + 1, 15);
}

NN_INLINE void load_dense_2_bias_forward_copy(const unsigned char *NN_RESTRICT dense_2_bias,
                                              float *NN_RESTRICT dense_2_bias_out)
{
    dense_2_bias_out[0] = nn_float_at(dense_2_bias, 0);
}

static void load_run(float *weights, const void *const *inputs)
{
    const unsigned char *const dense_1_kernel = (const unsigned char *)inputs[0]; /* [2, 3] */
    const unsigned char *const dense_1_bias = (const unsigned char *)inputs[1]; /* [3] */
    const unsigned char *const dense_2_kernel = (const unsigned char *)inputs[2]; /* [3, 1] */
    const unsigned char *const dense_2_bias = (const unsigned char *)inputs[3]; /* [1] */
    float *const dense_1_kernel_out = weights + 0; /* [2, 3] */
    float *const dense_1_bias_out = weights + 32; /* [3] */
    float *const dense_2_kernel_out = weights + 48; /* [3, 1] */
    float *const dense_2_bias_out = weights + 96; /* [1] */
    const uint64_t mode = nn_flush_denormals();
    load_dense_1_kernel_forward_copy(dense_1_kernel, dense_1_kernel_out);
    load_dense_1_kernel_forward_halo(dense_1_kernel_out);
    load_dense_1_bias_forward_copy(dense_1_bias, dense_1_bias_out);
    load_dense_2_kernel_forward_copy(dense_2_kernel, dense_2_kernel_out);
    load_dense_2_kernel_forward_halo(dense_2_kernel_out);
    load_dense_2_bias_forward_copy(dense_2_bias, dense_2_bias_out);
    nn_restore_denormals(mode);
}


/* What a weights file holds; layouts and initial values play no part here. */
static const nn_tensor xnor_tensors[] = {
    {"dense_1.kernel", NN_PARAMETER, 2, {2, 3}, 0, 1, 0LL, NULL, 0.0f, 0.0f, 2LL, 3LL},
    {"dense_1.bias", NN_PARAMETER, 1, {3}, 0, 1, 0LL, NULL, 0.0f, 0.0f, 3LL, 3LL},
    {"dense_2.kernel", NN_PARAMETER, 2, {3, 1}, 0, 1, 0LL, NULL, 0.0f, 0.0f, 3LL, 1LL},
    {"dense_2.bias", NN_PARAMETER, 1, {1}, 0, 1, 0LL, NULL, 0.0f, 0.0f, 1LL, 1LL},
};

int xnor_load(xnor_weights *weights, const void *bytes, size_t size)
{
    const unsigned char *file = (const unsigned char *)bytes;
    nn_found found[4];
    nn_culprit culprit;
    const void *inputs[4];
    if (nn_safetensors_find(file, size, "", xnor_tensors, 4, NN_STATISTIC, 1, found, &culprit) !=
            NN_FILE_OK)
        return culprit.status;
    inputs[0] = file + found[0].begin; /* dense_1.kernel */
    inputs[1] = file + found[1].begin; /* dense_1.bias */
    inputs[2] = file + found[2].begin; /* dense_2.kernel */
    inputs[3] = file + found[3].begin; /* dense_2.bias */
    memset(weights, 0, sizeof *weights); /* the gaps between tensors too */
    load_run((float *)weights, inputs);
    return XNOR_OK;
}

const char *xnor_error_text(int status)
{
    switch (status) {
        case XNOR_OK: return "no error";
        case XNOR_ERROR_SHORT: return "the bytes end before the file is complete";
        case XNOR_ERROR_HEADER: return "this is not a safetensors file";
        case XNOR_ERROR_RANGE: return "a tensor's bytes do not fit its shape, or overlap another's";
        case XNOR_ERROR_DUPLICATE: return "a tensor is in the file twice";
        case XNOR_ERROR_TYPE: return "a tensor is not of 32-bit floats";
        case XNOR_ERROR_SHAPE: return "a tensor has another shape than in this network";
        case XNOR_ERROR_MISSING: return "a tensor of this network is not in the file";
        case XNOR_ERROR_UNKNOWN: return "the file has a tensor that this network does not have";
        default: return "unknown status";
    }
}

/* ---- inference ---- */
/* dense_1.contract = contract(bits, dense_1.kernel)   [3]                     xnor.nnd:8
 * dense_1 = add(dense_1.contract, dense_1.bias)   [3]
 * relu_1 = relu(dense_1)   [3] */
NN_INLINE void infer_dense_1_contract_forward(int batch, const float *NN_RESTRICT bits,
                                              const float *NN_RESTRICT dense_1_kernel,
                                              const float *NN_RESTRICT dense_1_bias,
                                              float *NN_RESTRICT relu_1)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 3; c++) {
            float sum = 0.0f;
            for (int c_2 = 0; c_2 < 2; c_2++)
                sum += bits[n * 2 + c_2] * dense_1_kernel[c_2 * 16 + c];
            relu_1[n * 3 + c] = nn_relu(nn_alone(sum) + dense_1_bias[c]);
        }
}

/* dense_2.contract = contract(relu_1, dense_2.kernel)   [1]                   xnor.nnd:9
 * dense_2 = add(dense_2.contract, dense_2.bias)   [1]
 * answer = sigmoid(dense_2)   [1] */
NN_INLINE void infer_dense_2_contract_forward(int batch, const float *NN_RESTRICT relu_1,
                                              const float *NN_RESTRICT dense_2_kernel,
                                              const float *NN_RESTRICT dense_2_bias,
                                              float *NN_RESTRICT answer)
{
    for (int n = 0; n < batch; n++) {
        float sum = 0.0f;
        for (int c = 0; c < 3; c++)
            sum += relu_1[n * 3 + c] * dense_2_kernel[c * 16];
        answer[n] = nn_sigmoid(nn_alone(sum) + dense_2_bias[0]);
    }
}

static void infer_run(const float *weights, char *arena, const void *const *inputs,
                      void *const *outputs, int batch)
{
    const float *const bits = (const float *)inputs[0]; /* [2] */
    const float *const dense_1_kernel = weights + 0; /* [2, 3] */
    const float *const dense_1_bias = weights + 32; /* [3] */
    const float *const dense_2_kernel = weights + 48; /* [3, 1] */
    const float *const dense_2_bias = weights + 96; /* [1] */
    float *const relu_1 = (float *)(void *)(arena + 0); /* [3] */
    float *const answer = (float *)outputs[0]; /* [1] */
    const uint64_t mode = nn_flush_denormals();
    infer_dense_1_contract_forward(batch, bits, dense_1_kernel, dense_1_bias, relu_1);
    infer_dense_2_contract_forward(batch, relu_1, dense_2_kernel, dense_2_bias, answer);
    nn_restore_denormals(mode);
}


void xnor_infer(const xnor_weights *weights, void *workspace, int n, const float *bits,
                float *answer)
{
    char *base = (char *)workspace + (64 - (uintptr_t)workspace % 64) % 64;
    for (int first = 0; first < n; first++) {
        const void *inputs[1];
        void *outputs[1];
        inputs[0] = bits + (size_t)first * XNOR_BITS_SIZE;
        outputs[0] = answer + (size_t)first * XNOR_ANSWER_SIZE;
        infer_run((const float *)weights, base, inputs, outputs, 1);
    }
}
