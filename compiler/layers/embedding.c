/* embedding.c: a trained vector for each of a number of classes, words or other numbers. */
#include "front/diag.h"
#include "layers/layers.h"

static const AttrDef embedding_attrs[] = {
    {"vocabulary", ATTR_INT, .doc = "number of vectors; inputs are 0 to vocabulary - 1", .least = 1,
     .most = LAYER_MOST_CHANNELS, .is_positional = true},
    {"units", ATTR_INT, .doc = "size of a vector", .least = 1, .most = LAYER_MOST_CHANNELS,
     .is_positional = true},
    {"embeddings_init", ATTR_INIT, .def = "uniform", .doc = "start values of the vectors"},
    {"embeddings_constraint", ATTR_CONSTRAINT, .def = "none",
     .doc = "what each step leaves of them; norms are those of the vectors"},
    {0},
};

static NodeId embedding_expand(Build *b, const Call *call)
{
    NodeId x = call->inputs[0];
    const Node *n = graph_node(b->graph, x);
    int64_t vocabulary = call_attr(call, "vocabulary")->i, units = call_attr(call, "units")->i;
    if (n->type == TYPE_F32) {
        diag_error(b->diag, call_input_span(call, 0),
                   "'embedding' needs class numbers, i32 or u8, but '%.*s' is f32",
                   STR_ARGS(n->name));
        return NODE_NONE;
    }
    if (n->classes > vocabulary) {
        diag_error(b->diag, call_attr_span(call, "vocabulary"),
                   "'%.*s' has %d classes, but the vocabulary of 'embedding' is %lld",
                   STR_ARGS(n->name), n->classes, (long long)vocabulary);
        return NODE_NONE;
    }
    if (n->shape.rank == MAX_RANK) {
        diag_error(b->diag, call->span, "'embedding' of %.*s: a tensor has at most %d axes",
                   STR_ARGS(shape_str(b->graph->arena, n->shape)), MAX_RANK);
        return NODE_NONE;
    }
    Shape shape = shape_of(false, 2, (int64_t[]){vocabulary, units});
    if (!layer_check_size(b, call, shape, "table"))
        return NODE_NONE;
    Init init = call_attr(call, "embeddings_init")->init;
    NodeId table = build_parameter(b, "embeddings", shape, init, vocabulary, units);
    if (table == NODE_NONE)
        return NODE_NONE;
    Leaf *leaf = graph_node(b->graph, table)->leaf;
    leaf->constraint = call_attr(call, "embeddings_constraint")->init;
    leaf->norm_axes = 1u << 1;
    return build_binary(b, &op_gather, table, x);
}

static const OpCase embedding_cases[] = {
    {"input x: class[5]  y = x -> embedding(5, 3)  output y", NULL},
    {"input x: i32[4]  y = x -> embedding(vocabulary = 7, units = 17) -> tanh  output y", NULL},
    {"input x: u8[2, 3]  y = x -> embedding(300, 1, embeddings_init = normal)  output y", NULL},
    {"input x: i32[6]  h = x -> embedding(4, 33)  y = h * h + h -> flatten -> dense(2)  output y",
     NULL},
    {0},
};

const OpDef op_embedding = {
    .name = "embedding",
    .family = FAMILY_LAYER,
    .category = "dense",
    .summary = "a trained vector for each number",
    .doc =
        "y[..., u] = embeddings[x[...], u]\n"
        "x holds class numbers, i32 or u8. A number outside the vocabulary takes the nearest row, "
        "the first or the last; in the data of an input that goes straight into an embedding it is an "
        "error. Vectors start as in Keras; PyTorch draws them from a normal "
        "distribution.",
    .inputs = {"x"},
    .attrs = embedding_attrs,
    .expand = embedding_expand,
    .cases = embedding_cases,
};
