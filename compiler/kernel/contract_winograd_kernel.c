/* contract_winograd_kernel.c: U = G g G', a 3x3 or 5x5 kernel transformed for Winograd's products: once in a
 * training step, and for inference once when weights are loaded. */
#include "kernel/contract_winograd.h"

/* A unit is a row of a panel: an input channel (or, turned, an output channel) and all lanes. */
void lower_winograd_kernel(Lowering *l, NodeId node)
{
    Arena *arena = l->arena;
    const Node *n = graph_node(l->graph, node);
    int points = (int)n->attrs[0].i, side = (int)n->shape.dim[0], places = side * side;
    int taps_of_line = side - points + 1, tap_count = taps_of_line * taps_of_line;
    bool is_turned = n->attrs[1].i != 0;
    int64_t rows = n->shape.dim[2], columns = n->shape.dim[3];
    Panels panels = contract_panels(panel_width(columns), columns, 1, rows);
    int width = panels.width;
    Kernel *k = lower_begin(l, node, "");
    k->division = DIVIDE_UNITS;
    k->units = expr_int(arena, panels.count * rows);
    Expr *unit = expr_name(arena, STR("unit")), *line_taps = expr_int(arena, taps_of_line);
    Expr *panel = winograd_int(l, &k->body, "panel", expr_binary(arena, "/", unit, expr_int(arena, rows)));
    Expr *c = winograd_int(l, &k->body, "c", expr_binary(arena, "%", unit, expr_int(arena, rows)));
    Expr *real = contract_panel_columns(arena, &panels, panel);
    if (real->kind != EXPR_INT)
        real = winograd_int(l, &k->body, "columns", real);
    Str taps = lower_name(l, STR("taps")), places_name = lower_name(l, STR("places"));
    block_add(arena, &k->body, stmt_array(arena, "NN_ALIGN float", taps, tap_count * width));
    block_add(arena, &k->body, stmt_array(arena, "NN_ALIGN float", places_name, places * width));

    Stmt *each = winograd_loop(l, &k->body, "tap", expr_int(arena, tap_count));
    Expr *tap = expr_name(arena, each->name);
    Expr *source = is_turned ? expr_binary(arena, "-", expr_int(arena, tap_count - 1), tap) : tap;
    Expr *p = winograd_int(l, &each->body, "p", expr_binary(arena, "/", source, line_taps));
    Expr *q = winograd_int(l, &each->body, "q", expr_binary(arena, "%", source, line_taps));
    Stmt *lanes = winograd_loop(l, &each->body, "lane", expr_int(arena, width));
    Expr *lane = expr_name(arena, lanes->name);
    Expr *column = expr_add(arena, contract_panel_start(arena, &panels, panel), lane);
    Position from = {.rank = 4, .index = {p, q, is_turned ? column : c, is_turned ? c : column}};
    if (!is_turned) {
        from.panel = panel;
        from.row = expr_add(arena, scaled(arena, source, rows), c);
        from.lane = lane;
    }
    Expr *value = lower_value(l, n->inputs[0], &from);
    if (!expr_is_int(real, width))
        value = expr_select(arena, expr_binary(arena, "<", lane, real), value, expr_real(arena, 0));
    block_add(arena, &lanes->body,
              stmt_set(arena, expr_load(arena, taps, expr_add(arena, scaled(arena, tap, width), lane)), "=", value));

    Expr *args[] = {expr_name(arena, places_name), expr_name(arena, taps), expr_int(arena, width)};
    Str function = winograd_function(l, "kernel", points, taps_of_line);
    block_add(arena, &k->body, stmt_call(arena, expr_call(arena, function.ptr, COUNT_OF(args), args)));

    each = winograd_loop(l, &k->body, "place", expr_int(arena, places));
    Expr *place = expr_name(arena, each->name), *in_line = expr_int(arena, side);
    lanes = winograd_loop(l, &each->body, "lane", real);
    lane = expr_name(arena, lanes->name);
    Position to = {.rank = 4, .panel = panel, .row = expr_add(arena, scaled(arena, place, rows), c), .lane = lane,
                   .index = {expr_binary(arena, "/", place, in_line), expr_binary(arena, "%", place, in_line), c,
                             expr_add(arena, contract_panel_start(arena, &panels, panel), lane)}};
    lower_after(l, &lanes->body, &to,
                expr_load(arena, places_name, expr_add(arena, scaled(arena, place, width), lane)));
    k->fixed_flops = 6 * places * rows * panels.count * width;
    lower_halos(l);
}
