/* classes.h: what is reported of each classification: precision, recall and F1 of each class, their means,
 * and the confusion of classes. */
#ifndef NN_CLASSES_H
#define NN_CLASSES_H

#include "train.h"

/* Precision, recall and F1 of a class; 0 where nothing was found or nothing was there. */
static void nn_class_scores(const nn_confusion *of, int k, double *precision, double *recall,
                            double *f1, long long *support)
{
    long long found = 0, hit = of->counts[k * of->classes + k];
    *support = 0;
    for (int i = 0; i < of->classes; i++) {
        *support += of->counts[k * of->classes + i];
        found += of->counts[i * of->classes + k];
    }
    *precision = found > 0 ? (double)hit / (double)found : 0.0;
    *recall = *support > 0 ? (double)hit / (double)*support : 0.0;
    *f1 = found + *support > 0 ? 2.0 * (double)hit / (double)(found + *support) : 0.0;
}

/* Means over classes, as in scikit-learn: of those that occur or were found, each alike or weighted
 * with its samples. means: precision, recall, F1. Returns the accuracy. */
static double nn_class_means(const nn_confusion *of, int is_weighted, double *means)
{
    double sum = 0, hits = 0, samples = 0;
    means[0] = means[1] = means[2] = 0;
    for (int k = 0; k < of->classes; k++) {
        double three[3];
        long long support, found = 0;
        nn_class_scores(of, k, &three[0], &three[1], &three[2], &support);
        for (int i = 0; i < of->classes; i++)
            found += of->counts[i * of->classes + k];
        double weight = is_weighted ? (double)support : found + support > 0 ? 1.0 : 0.0;
        for (int i = 0; i < 3; i++)
            means[i] += weight * three[i];
        sum += weight;
        samples += (double)support;
        hits += (double)of->counts[k * of->classes + k];
    }
    for (int i = 0; i < 3 && sum > 0; i++)
        means[i] /= sum;
    return samples > 0 ? hits / samples : 0.0;
}

/* "precision": ..., "recall": ..., "f1": ... */
static void nn_three_json(nn_text *text, const double *three)
{
    nn_text_add(text, "\"precision\": %.9g, \"recall\": %.9g, \"f1\": %.9g", three[0], three[1],
                three[2]);
}

/* "accuracy": ..., "macro": {...}, "weighted": {...}, "classes": [...], "confusion": [...] */
static void nn_confusion_json(nn_text *text, const nn_net *net, const nn_confusion *of)
{
    const nn_port *port = &net->targets[net->outputs[of->output].target];
    double three[3];
    nn_text_add(text, "\"accuracy\": %.9g, \"macro\": {", nn_class_means(of, 0, three));
    nn_three_json(text, three);
    nn_text_add(text, "}, \"weighted\": {");
    nn_class_means(of, 1, three);
    nn_three_json(text, three);
    nn_text_add(text, "}, \"classes\": [");
    for (int k = 0; k < of->classes; k++) {
        long long support;
        nn_class_scores(of, k, &three[0], &three[1], &three[2], &support);
        nn_text_add(text, "%s{\"class\": %d, ", k > 0 ? ", " : "", k);
        if (port->class_names != NULL) {
            nn_text_add(text, "\"name\": ");
            nn_text_json(text, port->class_names[k]);
            nn_text_add(text, ", ");
        }
        nn_three_json(text, three);
        nn_text_add(text, ", \"samples\": %lld}", support);
    }
    nn_text_add(text, "], \"confusion\": [");
    for (int k = 0; k < of->classes; k++)
        for (int i = 0; i < of->classes; i++)
            nn_text_add(text, "%s%lld%s", i == 0 ? (k > 0 ? ", [" : "[") : ", ",
                        of->counts[k * of->classes + i],
                        i == of->classes - 1 ? "]" : "");
    nn_text_add(text, "]");
}

static void nn_confusion_print(const nn_net *net, const nn_confusion *of, long long samples,
                               int has_name)
{
    const nn_port *port = &net->targets[net->outputs[of->output].target];
    char number[16];
    double three[3];
    long long support;
    int wide = 8;
    for (int k = 0; k < of->classes; k++) {
        int length = (int)strlen(nn_class_name(port, k, number));
        wide = length > wide ? length : wide;
    }
    if (has_name)
        printf("\n%s\n", net->outputs[of->output].name);
    printf("%s  %*s  precision  recall      F1  samples\n", has_name ? "" : "\n", wide, "class");
    for (int k = 0; k < of->classes; k++) {
        nn_class_scores(of, k, &three[0], &three[1], &three[2], &support);
        printf("  %*s  %9.4f  %6.4f  %6.4f  %7lld\n", wide, nn_class_name(port, k, number), three[0],
               three[1], three[2], support);
    }
    printf("\n  %*s  %25.4f  %7lld\n", wide, "accuracy", nn_class_means(of, 0, three), samples);
    for (int mean = 0; mean < 2; mean++) {
        nn_class_means(of, mean, three);
        printf("  %*s  %9.4f  %6.4f  %6.4f  %7lld\n", wide, mean ? "weighted" : "macro", three[0], three[1],
               three[2], samples);
    }
}

/* What nn_confusion_json says of the one, or "NAME": {...} for each of several. */
static void nn_classes_json(nn_text *text, const nn_net *net, const nn_scores *scores)
{
    if (scores->confusion_count == 1)
        nn_confusion_json(text, net, scores->confusions);
    for (int i = 0; i < scores->confusion_count && scores->confusion_count > 1; i++) {
        nn_text_add(text, i > 0 ? ", " : "");
        nn_text_json(text, net->outputs[scores->confusions[i].output].name);
        nn_text_add(text, ": {");
        nn_confusion_json(text, net, &scores->confusions[i]);
        nn_text_add(text, "}");
    }
}

static void nn_classes_print(const nn_net *net, const nn_scores *scores)
{
    for (int i = 0; i < scores->confusion_count; i++)
        nn_confusion_print(net, &scores->confusions[i], scores->count, scores->confusion_count > 1);
}

/* What a class is called, as a field of a CSV file. */
static void nn_add_class(nn_text *text, const nn_port *port, int k)
{
    char number[16];
    const char *name = nn_class_name(port, k, number);
    int is_plain = strpbrk(name, ",\"\r\n") == NULL;
    nn_text_add(text, is_plain ? "" : "\"");
    for (const char *c = name; *c != '\0'; c++)
        if (*c == '"')
            nn_text_add(text, "\"\"");
        else
            nn_text_add(text, "%c", *c);
    nn_text_add(text, is_plain ? "" : "\"");
}

static int nn_save_confusion(const nn_trainer *trainer, const nn_confusion *of, const char *name,
                             nn_error *error)
{
    const nn_net *net = trainer->run.net;
    const nn_port *port = &net->targets[net->outputs[of->output].target];
    nn_text text = {NULL, 0, 0};
    nn_text_add(&text, "true\\found");
    for (int k = 0; k < of->classes; k++) {
        nn_text_add(&text, ",");
        nn_add_class(&text, port, k);
    }
    for (int k = 0; k < of->classes; k++) {
        nn_text_add(&text, "\n");
        nn_add_class(&text, port, k);
        for (int i = 0; i < of->classes; i++)
            nn_text_add(&text, ",%lld", of->counts[k * of->classes + i]);
    }
    nn_text_add(&text, "\n");
    return nn_save_text(trainer, name, &text, error);
}

/* confusion.csv, or confusion_OUTPUT.csv for each of several. */
static int nn_save_confusions(const nn_trainer *trainer, const nn_scores *scores, nn_error *error)
{
    int ok = 1;
    for (int i = 0; i < scores->confusion_count && ok; i++) {
        const nn_confusion *of = &scores->confusions[i];
        nn_text name = {NULL, 0, 0};
        nn_text_add(&name, "confusion");
        if (scores->confusion_count > 1)
            nn_text_add(&name, "_%s", trainer->run.net->outputs[of->output].name);
        nn_text_add(&name, ".csv");
        ok = nn_save_confusion(trainer, of, name.at, error);
        nn_free(name.at);
    }
    return ok;
}

static const nn_class_report nn_classification = {nn_classes_json, nn_classes_print,
                                                  nn_save_confusions};

#endif
