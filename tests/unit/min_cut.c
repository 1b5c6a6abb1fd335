/* The lightest set of nodes between sources and sinks, against all sets of small random graphs. */
#include "graph/min_cut.h"
#include "test.h"

enum { NODES = 9, MOST_EDGES = 40 };

static unsigned long long state = 7;

static int draw(int below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (int)((state >> 33) % (unsigned)below);
}

/* Marks what reaches a sink past the cut; true when no source does. */
static bool separates(const CutProblem *p, const bool *is_cut, bool *reaches)
{
    bool is_cut_through = true, has_changed = true;
    for (int i = 0; i < p->count; i++)
        reaches[i] = p->is_sink[i] && !is_cut[i];
    while (has_changed) {
        has_changed = false;
        for (int e = 0; e < p->edge_count; e++) {
            int from = p->edges[e].from;
            if (reaches[p->edges[e].to] && !is_cut[from] && !reaches[from])
                has_changed = reaches[from] = true;
        }
    }
    for (int i = 0; i < p->count; i++)
        is_cut_through &= !(p->is_source[i] && reaches[i]);
    return is_cut_through;
}

static int count_marks(const bool *marks)
{
    int count = 0;
    for (int i = 0; i < NODES; i++)
        count += marks[i];
    return count;
}

/* The least weight of a cut, or -1; *nearest: the fewest nodes behind a cut of that weight. */
static int64_t least_weight(const CutProblem *p, int *nearest)
{
    int64_t best = -1;
    for (int set = 0; set < 1 << NODES; set++) {
        bool is_cut[NODES] = {false}, reaches[NODES];
        bool is_fine = true;
        int64_t weight = 0;
        for (int i = 0; i < NODES; i++) {
            is_cut[i] = set >> i & 1;
            is_fine &= !is_cut[i] || (p->weight[i] >= 0 && !p->is_sink[i]);
            weight += is_cut[i] ? p->weight[i] : 0;
        }
        if (!is_fine || (best >= 0 && weight > best) || !separates(p, is_cut, reaches))
            continue;
        int behind = count_marks(reaches);
        if (weight != best || behind < *nearest)
            *nearest = behind;
        best = weight;
    }
    return best;
}

static void random_graphs_are_cut_like_all_sets_say(void)
{
    int found = 0, refused = 0;
    for (int round = 0; round < 400; round++) {
        Arena arena = {0};
        int64_t weight[NODES];
        bool is_source[NODES], is_sink[NODES], is_cut[NODES] = {false}, reaches[NODES];
        CutEdge edges[MOST_EDGES];
        CutProblem p = {.count = NODES, .weight = weight, .is_source = is_source,
                        .is_sink = is_sink, .edges = edges};
        for (int i = 0; i < NODES; i++) {
            weight[i] = draw(4) == 0 ? -1 : draw(6);
            is_source[i] = i < NODES - 2 && draw(3) == 0;
            is_sink[i] = i == NODES - 1;
            for (int k = i + 1; k < NODES; k++)
                if (draw(3) == 0)
                    edges[p.edge_count++] = (CutEdge){i, k};
        }
        int nearest = NODES;
        int64_t least = least_weight(&p, &nearest), sum = 0;
        bool is_found = min_cut(&arena, &p, is_cut);
        EXPECT_INT(is_found, least >= 0);
        found += is_found;
        refused += !is_found;
        if (is_found) {
            for (int i = 0; i < NODES; i++)
                sum += is_cut[i] ? weight[i] : 0;
            EXPECT_INT(sum, least);
            EXPECT(separates(&p, is_cut, reaches));
            EXPECT_INT(count_marks(reaches), nearest);
        }
        arena_free(&arena);
    }
    EXPECT(found > 50 && refused > 50);
}

static void a_chain_is_cut_where_it_is_thinnest_and_late(void)
{
    Arena arena = {0};
    const int64_t weight[] = {9, 4, 5, 4, 8, -1};
    const bool is_source[6] = {true}, is_sink[6] = {false, false, false, false, false, true};
    const CutEdge edges[] = {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}};
    CutProblem p = {6, weight, is_source, is_sink, edges, 5};
    bool is_cut[6];
    EXPECT(min_cut(&arena, &p, is_cut));
    for (int i = 0; i < 6; i++)
        EXPECT_INT(is_cut[i], i == 3);
    arena_free(&arena);
}

int main(void)
{
    RUN(a_chain_is_cut_where_it_is_thinnest_and_late);
    RUN(random_graphs_are_cut_like_all_sets_say);
    return test_end();
}
