/* source.c: the texts being compiled, and from byte offsets to lines and columns.
 *
 * A line ends at "\n", "\r\n" or a lone "\r". Columns count UTF-8 code points; a byte that belongs
 * to no valid sequence counts as one. */
#include "front/diag.h"

#include <string.h>

static void find_lines(Sources *sources, Source *source)
{
    Str text = source->text;
    VEC(uint32_t) starts = {0};
    vec_push(sources->arena, &starts, 0);
    for (int64_t i = 0; i < text.len; i++) {
        bool is_pair = text.ptr[i] == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n';
        if (text.ptr[i] == '\n' || (text.ptr[i] == '\r' && !is_pair))
            vec_push(sources->arena, &starts, (uint32_t)(i + 1));
    }
    source->line_start = starts.items;
    source->line_count = starts.count;
}

int source_add(Sources *sources, Str path, Str text)
{
    CHECK(text.len <= SOURCE_MAX_BYTES);
    CHECK(sources->files.count < UINT16_MAX - 1);
    Source source = {.path = str_copy(sources->arena, path), .text = text};
    find_lines(sources, &source);
    vec_push(sources->arena, &sources->files, source);
    return sources->files.count;
}

int source_read(Sources *sources, Str path, Str *error)
{
    Str text;
    if (sources->files.count >= 1000) {
        *error =
            str_format(sources->arena, "cannot read '%.*s': more than 1000 files", STR_ARGS(path));
        return 0;
    }
    if (!file_read(sources->arena, str_c(sources->arena, path), &text, error))
        return 0;
    if (text.len > SOURCE_MAX_BYTES) {
        *error = str_format(sources->arena,
                            "cannot read '%.*s': %lld bytes are more than the limit of %d",
                            STR_ARGS(path), (long long)text.len, SOURCE_MAX_BYTES);
        return 0;
    }
    return source_add(sources, path, text);
}

int source_find(const Sources *sources, Str path)
{
    for (int i = 0; i < sources->files.count; i++)
        if (str_equal(sources->files.items[i].path, path))
            return i + 1;
    return 0;
}

const Source *source_get(const Sources *sources, int id)
{
    CHECK(id >= 1 && id <= sources->files.count);
    return &sources->files.items[id - 1];
}

Str source_text(const Sources *sources, Span span)
{
    if (span.file == 0)
        return (Str){"", 0};
    Str text = source_get(sources, span.file)->text;
    int64_t start = span.pos < text.len ? span.pos : text.len;
    int64_t len = span.len < text.len - start ? span.len : text.len - start;
    return (Str){text.ptr + start, len};
}

Str source_line(const Source *source, int line)
{
    CHECK(line >= 1 && line <= source->line_count);
    int64_t start = source->line_start[line - 1];
    int64_t end = line < source->line_count ? source->line_start[line] : source->text.len;
    while (end > start && (source->text.ptr[end - 1] == '\n' || source->text.ptr[end - 1] == '\r'))
        end--;
    return (Str){source->text.ptr + start, end - start};
}

/* The last line that starts at or before pos. */
static int line_of(const Source *source, uint32_t pos)
{
    int low = 0, high = source->line_count - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (source->line_start[middle] <= pos)
            low = middle;
        else
            high = middle - 1;
    }
    return low + 1;
}

SourcePlace source_place(const Sources *sources, Span span)
{
    const Source *source = source_get(sources, span.file);
    int line = line_of(source, span.pos);
    int64_t start = source->line_start[line - 1];
    int64_t end = span.pos < source->text.len ? span.pos : source->text.len;
    int column = 1;
    for (int64_t i = start; i < end; i++)
        column += ((unsigned char)source->text.ptr[i] & 0xC0) != 0x80; /* not a continuation byte */
    return (SourcePlace){source->path, line, column};
}
