#include "config.h"

#include "tui/columns.h"

static int width_taken(const struct column_place *places, int count)
{
    int taken = -1;
    for (int i = 0; i < count; i++)
        if (places[i].width)
            taken += places[i].width + 1;
    return taken;
}

static bool drop_one(const struct column *columns, int count,
                     struct column_place *places)
{
    int worst = -1;
    for (int i = 0; i < count; i++)
        if (places[i].width && columns[i].drop &&
            (worst < 0 || columns[i].drop >= columns[worst].drop))
            worst = i;
    if (worst < 0)
        return false;
    places[worst].width = 0;
    return true;
}

/* One round of giving: false where nobody could take more. */
static bool share(const struct column *columns, int count, struct column_place *places,
                  int *left)
{
    int weights = 0;
    for (int i = 0; i < count; i++)
        if (places[i].width && places[i].width < columns[i].max)
            weights += columns[i].weight;
    if (!weights || *left <= 0)
        return false;
    int round = *left;
    for (int i = 0; i<count && * left> 0; i++) {
        if (!places[i].width || !columns[i].weight || places[i].width >= columns[i].max)
            continue;
        int more = round * columns[i].weight / weights;
        int room = columns[i].max - places[i].width;
        more = more < 1 ? 1 : more > room ? room : more;
        if (more > *left)
            more = *left;
        places[i].width += more;
        *left -= more;
    }
    return true;
}

void columns_place(const struct column *columns, int count, int width, bool with_years,
                   struct column_place *out)
{
    for (int i = 0; i < count; i++) {
        bool wide = with_years && columns[i].kind == CELL_TIME;
        out[i] = (struct column_place){0, wide ? columns[i].max : columns[i].min};
    }
    while (width_taken(out, count) > width && drop_one(columns, count, out))
        ;
    int left = width - width_taken(out, count);
    while (share(columns, count, out, &left))
        ;
    int at = 0;
    for (int i = 0; i < count; i++) {
        out[i].start = at;
        if (out[i].width)
            at += out[i].width + 1;
    }
}
