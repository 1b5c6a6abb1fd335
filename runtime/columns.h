/* columns.h: what the fields of a column mean: numbers, words, dates.
 *
 * A field is text without quotes and blanks around it. Each function says whether it could make sense
 * of one; nothing depends on the locale or the time zone. Dates are those of the Gregorian calendar:
 *     2016-07-01 00:00:00   2016-07-01T00:00   2016/07/01   1/31/17 0:00   31.1.2017
 * Year first; else with dots, or where the file says so, day first; else month first. A year of two
 * digits is one of 1969 to 2068. */
#ifndef NN_COLUMNS_H
#define NN_COLUMNS_H

#include "net.h"
#include <stdlib.h>

/* What becomes of the fields of a column. All but NN_ONE_HOT give one value. */
enum {
    NN_NUMBER,
    NN_CATEGORY,     /* position of the field in the column's words */
    NN_ONE_HOT,      /* a value for each word: 1 for the field's, 0 for the others */
    NN_YEAR,
    NN_MONTH,        /* 1 .. 12 */
    NN_DAY,          /* 1 .. 31 */
    NN_HOUR,         /* 0 .. 23 */
    NN_MINUTE,       /* 0 .. 59 */
    NN_WEEKDAY,      /* 0 (Monday) .. 6 (Sunday) */
    NN_DAY_OF_YEAR,  /* 1 .. 366 */
    NN_DAYS,         /* since the beginning of 1970, with the time of day as a fraction */
    NN_SECONDS       /* since the beginning of 1970 */
};

/* A column of a CSV file, by name when there is one, else by number from 0. */
typedef struct nn_column {
    const char *name; /* or NULL */
    int number;
    int kind;         /* NN_NUMBER ... */
    int word_count;   /* category, one hot */
    const char *const *words;
} nn_column;

/* How the rows of a CSV file become samples. A sample of a series is `window` rows for the inputs and
 * `horizon_rows` rows for the targets, the first of them `horizon` rows after the last of the inputs.
 * The next sample begins `step` rows later. */
typedef struct nn_reading {
    const char *missing; /* a field without a value, besides those that are always; or NULL */
    int skip_missing;    /* 1: rows with such a field are left out, 0: they are an error */
    int day_first;       /* 1: 2/1/2011 is the second of January */
    int every;           /* 1: all rows, 6: every sixth */
    int window;          /* 0: a row is a sample */
    int step;
    int horizon, horizon_rows;
} nn_reading;

typedef struct nn_date {
    int year, month, day, hour, minute;
    double second;
} nn_date;

/* A finite number in the usual notation; no hexadecimal, "nan" or "inf". */
static int nn_field_number(const char *text, double *value)
{
    char *end;
    if (text[strspn(text, "0123456789+-.eE")] != '\0')
        return 0;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && *value - *value == 0.0;
}

/* Is there no value? `own` is what the file writes for that, or NULL. */
static int nn_field_missing(const char *text, const char *own)
{
    static const char words[8][8] = {"", "?", "NA", "N/A", "NaN", "nan", "null", "NULL"};
    for (int i = 0; i < 8; i++)
        if (strcmp(text, words[i]) == 0)
            return 1;
    return own != NULL && strcmp(text, own) == 0;
}

/* Position of the field among words, or -1. Words that are numbers are compared as numbers, so that 1
 * is found in "1.0". */
static int nn_field_word(const char *text, const char *const *words, int count)
{
    double number, other;
    for (int i = 0; i < count; i++)
        if (strcmp(text, words[i]) == 0)
            return i;
    if (!nn_field_number(text, &number))
        return -1;
    for (int i = 0; i < count; i++)
        if (nn_field_number(words[i], &other) && number >= other && number <= other)
            return i;
    return -1;
}

/* The number of a class: one of the port's words, or, when none of those is a number, a number. */
static int nn_field_class(const char *text, const nn_port *port, double *value)
{
    double number;
    int found;
    if (port->class_names == NULL)
        return nn_field_number(text, value);
    found = nn_field_word(text, port->class_names, port->classes);
    *value = found;
    if (found >= 0)
        return 1;
    for (int k = 0; k < port->classes; k++)
        if (nn_field_number(port->class_names[k], &number))
            return 0;
    return nn_field_number(text, value);
}

/* ---- dates ---- */

/* Up to `most` digits; leaves *at behind them. */
static int nn_date_digits(const char **at, int most, int *value)
{
    int count = 0;
    for (*value = 0; count < most && **at >= '0' && **at <= '9'; count++, ++*at)
        *value = *value * 10 + (**at - '0');
    return count;
}

static int nn_is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days of the year before a month. */
static int nn_days_before(int year, int month)
{
    static const int days[13] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    return days[month - 1] + (month > 2 && nn_is_leap(year));
}

/* From the beginning of 1970 to the beginning of a day; years from 1. */
static int nn_date_days(const nn_date *date)
{
    int before = date->year - 1; /* 719162 days passed before 1970 */
    return 365 * before + before / 4 - before / 100 + before / 400 +
           nn_days_before(date->year, date->month) + date->day - 1 - 719162;
}

/* "14:05", "14:05:09.5", with a Z or without. */
static int nn_date_time(const char *at, nn_date *date)
{
    int whole = 0;
    double unit = 0.1;
    if (nn_date_digits(&at, 2, &date->hour) == 0 || *at++ != ':' ||
        nn_date_digits(&at, 2, &date->minute) != 2)
        return 0;
    if (*at == ':') {
        at++;
        if (nn_date_digits(&at, 2, &whole) != 2)
            return 0;
        date->second = whole;
        if (*at == '.')
            for (at++; *at >= '0' && *at <= '9'; at++, unit /= 10)
                date->second += (*at - '0') * unit;
    }
    if (*at == 'Z')
        at++;
    return *at == '\0' && date->hour < 24 && date->minute < 60 && whole < 60;
}

static int nn_field_date(const char *text, int day_first, nn_date *date)
{
    const char *at = text;
    int part[3], digits[3];
    char mark = '\0';
    memset(date, 0, sizeof *date);
    for (int i = 0; i < 3; i++) {
        digits[i] = nn_date_digits(&at, 4, &part[i]);
        if (i == 0)
            mark = *at;
        if (digits[i] == 0 || (i < 2 && (*at != mark || (mark != '-' && mark != '/' && mark != '.'))))
            return 0;
        at += i < 2;
    }
    int year = digits[0] > 2 ? 0 : 2, day = digits[0] > 2 ? 2 : day_first || mark == '.' ? 0 : 1;
    if (digits[day] > 2 || digits[3 - year - day] > 2 || digits[year] == 1 || digits[year] == 3)
        return 0;
    date->year = part[year] + (digits[year] > 2 ? 0 : part[year] < 69 ? 2000 : 1900);
    date->month = part[3 - year - day];
    date->day = part[day];
    if (date->year < 1 || date->month < 1 || date->month > 12 || date->day < 1 ||
        date->day > nn_days_before(date->year, date->month + 1) - nn_days_before(date->year, date->month))
        return 0;
    if (*at == '\0')
        return 1;
    if (*at != 'T' && *at != ' ')
        return 0;
    at += *at == 'T';
    at += strspn(at, " ");
    return nn_date_time(at, date);
}

/* The value of a date in a column of a kind of NN_YEAR and after. */
static double nn_date_value(const nn_date *date, int kind)
{
    int days = nn_date_days(date);
    double seconds = date->hour * 3600.0 + date->minute * 60.0 + date->second;
    switch (kind) {
    case NN_YEAR: return date->year;
    case NN_MONTH: return date->month;
    case NN_DAY: return date->day;
    case NN_HOUR: return date->hour;
    case NN_MINUTE: return date->minute;
    case NN_WEEKDAY: return ((days + 3) % 7 + 7) % 7; /* 1970 began with a Thursday */
    case NN_DAY_OF_YEAR: return nn_days_before(date->year, date->month) + date->day;
    case NN_DAYS: return days + seconds / 86400.0;
    default: return days * 86400.0 + seconds;
    }
}

#endif
