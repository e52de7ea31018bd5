/*
 * reshape_internal.h - the files behind reshape.h:
 *   reshape.c            what is done to a record, and the list of forms
 *   reshape_unflatten.c  dotted keys
 *   reshape_aws.c ...    the forms and their rows
 */
#ifndef CORE_RESHAPE_INTERNAL_H
#define CORE_RESHAPE_INTERNAL_H

#include "core/reshape.h"

/* The object with its dotted keys as objects and arrays, and without the prefix; a
 * new tree, or the same one again.  NULL without memory. */
json_t *reshape_unflatten(json_t *object, struct slice prefix);

#define RESHAPE_ROWS(table) .rows = table, .row_count = sizeof table / sizeof table[0]

/*
 * "success", "failure" or "unknown", of forms that tell the outcome in a word, or not
 * at all: where the provider's record has no error, that says success only if the form
 * has errors.
 */
#define RESHAPED_OUTCOME "@outcome"

/* reshape_table.c, reshape_udm.c, reshape_ecs.c */
enum { RESHAPE_TABLES = 10, RESHAPE_SELECTIONS = 5, RESHAPE_UDM = 8, RESHAPE_ECS = 14 };
extern const struct reshape_form reshape_tables[RESHAPE_TABLES],
    reshape_selections[RESHAPE_SELECTIONS], reshape_udm[RESHAPE_UDM],
    reshape_ecs[RESHAPE_ECS];

/* reshape_aws.c */

/* Of a row without a request: the ids among its `resources` become one. */
bool reshape_resources(json_t *row);
extern const struct reshape_form reshape_lookup_events, reshape_folded_aws,
    reshape_folded_azure, reshape_folded_gcp;
/* reshape_azure.c */
extern const struct reshape_form reshape_azure_powershell, reshape_entra_sign_in,
    reshape_entra_audit;
/* reshape_ocsf.c */
extern const struct reshape_form reshape_ocsf_aws, reshape_ocsf_azure, reshape_ocsf_gcp,
    reshape_ocsf_other;

#endif
