/* contract.h: contractions seen as convolutions, and what their lowerings share.
 *
 * Every contraction that layers make concerns three tensors
 *
 *     X  image    [batch, height, width, groups * c]
 *     W  kernel   [kernel height, kernel width, c, groups * o]
 *     Y  result   [batch, out height, out width, groups * o]
 *
 * and computes one of them from the other two: Y (forward), X's gradient or W's gradient. A convolution
 * over steps has height 1; a matrix product has neither height nor width, and its batch takes their
 * place as the rows of a tile. */
#ifndef NNDC_KERNEL_CONTRACT_H
#define NNDC_KERNEL_CONTRACT_H

#include "kernel/lower.h"

typedef enum ContractKind {
    CONTRACT_OTHER,    /* no such form: plain loops */
    CONTRACT_FORWARD,  /* Y from X and W            */
    CONTRACT_IMAGE,    /* X's gradient from Y and W */
    CONTRACT_KERNEL,   /* W's gradient from X and Y */
} ContractKind;

/* One spatial axis: X index = i * stride + p * dilation - before. */
typedef struct ContractAxis {
    int64_t in, out, kernel, stride, dilation, before;
} ContractAxis;

typedef struct ContractForm {
    ContractKind kind;
    int spatial;          /* spatial dimensions of X and Y: 0, 1 or 2                    */
    bool has_kernel_axes; /* false: W is [c, o] and the spatial axes are only more rows  */
    ContractAxis axis[2]; /* height and width; missing ones are all 1                    */
    int64_t groups, c, o; /* channels of one group                                       */
    int points;           /* ContractSpec.points: W has its own shape all the same           */
    Schedule schedule;    /* ContractSpec.schedule                                           */
    NodeId x, w, y;       /* the node itself is the one that is computed                 */
} ContractForm;

/* Recognizes the form. kind is CONTRACT_OTHER when it is none. */
ContractForm contract_form(const Graph *g, NodeId node);
/* The same without nodes. */
ContractForm contract_form_of(const ContractSpec *spec, Shape left, Shape right, Shape out);

/* One channel in and out of every group? */
bool contract_is_depthwise(const ContractForm *form);

/* Places of X before its first and after its last one that Y's points read, along an axis (>= 0). */
int64_t contract_halo_before(const ContractAxis *axis);
int64_t contract_halo_after(const ContractAxis *axis);

/* ---- phases of a gradient with respect to the image -------------------------------------------
 * Along one axis, the points u = first + t * stride of X receive from the taps p with
 * (u + before - p*dilation) divisible by stride: p = tap_last - m * tap_step, m = 0..taps-1, and from
 * Y's points t + y_first + m * y_step. That is a convolution with stride 1 over Y. */
typedef struct ContractPhase {
    int64_t first, count;            /* points of X                */
    int64_t taps, tap_last, tap_step;
    int64_t y_first, y_step;
} ContractPhase;
ContractPhase contract_phase(const ContractAxis *axis, int64_t first);
/* Places of Y before and after its own that all phases read. */
void contract_phase_halo(const ContractAxis *axis, int64_t *before, int64_t *after);

/* Arrays larger than this do not stay in a core's second level cache from one pass to the next, so their
 * streams are fetched ahead. */
enum { FETCH_AHEAD_BYTES = 512 * 1024 };

/* Parts of the batch that the gradient of a kernel may be summed in. */
enum { CONTRACT_PARTS = 8 };

/* ---- tiles of rows ------------------------------------------------------------------------------
 * The rows of a product are points of a grid, high x wide. A tile takes part of a line of the grid, or
 * several whole short lines, so that its rows number at most what the registers hold; the tiles of a
 * line differ by at most one point, so there are two sizes, both literal:
 *
 *     wide = 29, 14 rows at most        wide = 7, 14 rows at most
 *     |..........|..........|.........|      |.......|  one tile
 *      10 (large)  10         9 (small)      |.......|                                              */
typedef struct GridTiles {
    int64_t tile_high, tile_wide;     /* of the large tile; tile_high > 1 only when it spans lines */
    int64_t down, across;             /* tiles                                                     */
    int64_t large_down, large_across; /* the first ones have full size, the others one less        */
    int64_t large, small;             /* rows                                                      */
} GridTiles;

enum { TARGET_MANY, TARGET_FEW, TARGETS }; /* at least 32 vector registers; fewer */
typedef struct Grid {
    int64_t high, wide;
    bool may_span;            /* lines may share a tile */
    GridTiles tiles[TARGETS];
    /* The same as expressions: literals, or names of the kernel's constants. */
    Str most;
    Expr *tile_high, *tile_wide, *down, *across, *large_down, *large_across;
    bool has_small;
} Grid;
/* Chooses the tiles, and adds the kernel's constants and the helper's sizes. */
Grid contract_grid_for(Lowering *l, const Schedule *schedule, int64_t high, int64_t wide, bool may_span);
/* The same with tiles of the usual size. */
Grid contract_grid(Lowering *l, int64_t high, int64_t wide, bool may_span);
/* A grid of windows that have so many points each: the tile's sizes count windows, its rows their points. */
Grid contract_grid_of_windows(Lowering *l, const Schedule *schedule, int64_t high, int64_t wide, int64_t points);
/* The same as contract_grid with other limits of the rows of a tile. */
Grid contract_grid_of(Lowering *l, int64_t high, int64_t wide, bool may_span, const int64_t most[TARGETS]);

/* Names that the text of a tile uses, taken first in every kernel that has one. */
void contract_take_names(Lowering *l);

/* Statements in `block`: from the numbers of a tile (expressions) to variables `i` and `j`, the grid
 * point of its first row, declared as const int. A grid that is one line high has no i. */
void contract_tile_start(Lowering *l, Block *block, const Grid *grid, Expr *down, Expr *across, Str i, Str j);
/* Calls the helper of the right size for that tile. */
void contract_tile_call(Lowering *l, Block *block, const Grid *grid, Expr *down, Expr *across);
/* Rows that are samples: calls the helper for the samples of tile number `tile`, with `n` the first; in a
 * batch that ends inside the tile, sample by sample. place, if it has a name: declared beside n, `start` plus
 * n times `step`. Adds the helper's size "single". */
typedef struct TilePlace {
    Str name;
    Expr *start;
    int64_t step;
} TilePlace;
void contract_tile_samples(Lowering *l, Block *block, const Grid *grid, Expr *tile, Str n, TilePlace place);
/* Offset of row `r` from a tile's first row when lines are `line` and points `point` apart. */
Expr *contract_row_offset(Lowering *l, const Grid *grid, int64_t line, int64_t point);
/* Grid coordinates of row r of a tile that starts at (i, j). */
void contract_row_point(Lowering *l, const Grid *grid, Str i, Str j, Expr **line, Expr **point);

/* ---- panels ------------------------------------------------------------------------------------ */
typedef struct Panels {
    int width;
    int64_t columns;    /* of one group   */
    int64_t per_group;  /* panels         */
    int64_t count;      /* of all groups  */
    int64_t rows;       /* of a panel     */
} Panels;
Panels contract_panels(int width, int64_t columns, int64_t groups, int64_t rows);
/* Number of real columns of panel `panel`: a literal when all are alike. */
Expr *contract_panel_columns(Arena *arena, const Panels *panels, Expr *panel);
/* The column of the whole tensor with which a panel begins. */
Expr *contract_panel_start(Arena *arena, const Panels *panels, Expr *panel);
Expr *contract_panel_group(Arena *arena, const Panels *panels, Expr *panel);
Expr *contract_panel_in_group(Arena *arena, const Panels *panels, Expr *panel); /* its number there */

/* Sums that were made in parts, added up in order: declares float total[width] and adds to it
 * sums[part * size + place + lane] for all parts. Gives the name of the lane, for further loops. */
typedef struct SumParts {
    Str sums;
    int64_t parts, size; /* floats of a part */
    Str letter;          /* of the loop over parts */
} SumParts;
Expr *contract_add_up(Lowering *l, Block *block, Str total, int width, const SumParts *parts, Expr *place);

/* ---- pooling (contract_pool.c) --------------------------------------------------------------------- */
/* Can the maxima over these windows be taken while the product's tile is in registers? */
bool contract_can_pool(const Graph *g, NodeId product, NodeId window);
enum { MOST_POOL_POINTS = 6 }; /* of a window: rows of a tile where vector registers are few */
typedef struct Pool {
    int64_t points;         /* of a window; 1: the group does not pool */
    int64_t size[2], out[2]; /* of a window; windows; height and width */
    bool has_where;         /* which point was the maximum is wanted too */
} Pool;
Pool contract_pool_of_group(const Lowering *l);
/* The group's windows and maps at `at`, from the points of a window. */
void contract_pool_after(Lowering *l, Block *block, const Pool *pool, Expr *const *points, const Position *at);

/* ---- operands ------------------------------------------------------------------------------------ */
/* A tensor as the product reads it: element (n, i, j, channel) at offset + n*batch + i*line + j*point +
 * channel of buffer. The halo that the product needs is there, and padded channels if asked for. */
typedef struct Operand {
    int buffer;
    int64_t offset, batch, line, point;
} Operand;
typedef struct OperandNeed {
    int64_t before[2], after[2]; /* halo of height and width */
    int64_t channels;            /* that may be read, from the first one; 0: only its own */
} OperandNeed;
/* The value's own buffer when that will do; else a kernel is added that copies it to scratch. */
Operand contract_operand(Lowering *l, const ContractForm *form, NodeId value, OperandNeed need);

Operand contract_phase_operand(Lowering *l, const ContractForm *form); /* Y, as all phases read it */

/* Is the kernel stored in panels that the products can read? */
bool contract_kernel_is_packed(const Lowering *l, const ContractForm *form);

/* ---- techniques ---------------------------------------------------------------------------------- */
/* Rows of Y's points (or samples) times panels of W; and the gradient of an image as such products. */
void contract_lower_rows(Lowering *l, const ContractForm *form);
void contract_lower_image(Lowering *l, const ContractForm *form);
/* A matrix product that sums over so many channels that it goes in chunks. Depends on nothing but the
 * form, so the result for a sample is the same in every batch. */
bool contract_is_long(const ContractForm *form);
void contract_lower_long(Lowering *l, const ContractForm *form);
/* Does a product of one sample (a batch of one, no spatial axes) leave out the zeros of X? */
bool contract_leaves_out_zeros(const Lowering *l, const ContractForm *form);
/* The first elements of x that are not zero: `count` numbers in the array `list`, both declared at the end of
 * `block`. `most`: a bound of how many elements there are. */
typedef struct NeededRows {
    Str list, count;
} NeededRows;
NeededRows contract_needed_rows(Lowering *l, Block *block, Expr *x, Expr *count, int64_t most);
/* The loop of a tile over them: x at a_index + the number, a line of the panel at b_index + the number * columns. */
void contract_add_needed_loop(Lowering *l, Tile *t, const NeededRows *rows);
/* The gradient of X in a matrix product: W's rows times Y transposed. */
void contract_lower_transposed(Lowering *l, const ContractForm *form);
/* The gradient of W, with the update of the weights as its epilogue. */
void contract_lower_weights(Lowering *l, const ContractForm *form);
/* The panels of the weights that are updated with it; of the gradient's own choice when none are. */
int contract_weights_width(const Lowering *l, const ContractForm *form);
/* Winograd's transformation: Y from X and a transformed kernel; the gradient of W. */
void contract_lower_winograd(Lowering *l, const ContractForm *form);
void contract_lower_winograd_weights(Lowering *l, const ContractForm *form);
/* One channel in and out of every group: channels are the vectors. */
void contract_lower_depthwise(Lowering *l, const ContractForm *form);

/* Short forms for index arithmetic. */
static inline Expr *scaled(Arena *arena, Expr *x, int64_t factor)
{
    return expr_mul(arena, x, expr_int(arena, factor));
}
static inline Expr *plus(Arena *arena, Expr *x, int64_t addend)
{
    return expr_add(arena, x, expr_int(arena, addend));
}

#endif
