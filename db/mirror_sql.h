/*
 * mirror_sql.h - the ledger's rows with what depends on more than their facts: up to
 * when the logs go, and by how much an approval is overstayed.  Internal to db/.
 */
#ifndef DB_MIRROR_SQL_H
#define DB_MIRROR_SQL_H

#include "core/mirror.h"

_Static_assert(MIRROR_LIVE == 0 && MIRROR_ENDED == 7,
               "the statements name these states");
_Static_assert(PROVIDER_AWS == 1 && PROVIDER_OCI == 4 && PROVIDER_HUAWEI == 6,
               "the statements name these providers");

/* What of a mirror is there at present. */
#define PRESENT_SQL "until_us IS NULL"

/*
 * The last event of its logs: of account and region where the cloud's events all have
 * a region, of the account or device where not; a snapshot, or what opened it in the
 * log of another account, may be newer.
 */
#define AS_OF_SQL                                                                      \
    "nullif(max(coalesce((SELECT max(last_us) FROM seen WHERE seen.provider ="         \
    " mirror.provider AND seen.account = coalesce(mirror.device, mirror.account, '')"  \
    " AND (mirror.provider NOT IN (1, 4, 5, 6) OR mirror.region IS NULL"               \
    " OR seen.region = mirror.region)), -9223372036854775807),"                        \
    " coalesce(observed_us, -9223372036854775807),"                                    \
    " coalesce(since_us, -9223372036854775807)), -9223372036854775807)"

/* A live mirror beyond the end of the approval of what opened it. */
#define STANDING_SQL                                                                   \
    "(SELECT *, iif(state = 0 AND approval IS NOT NULL AND as_of_us > "                \
    "approval_end_us,"                                                                 \
    " as_of_us - approval_end_us, 0) AS overstay_us FROM (SELECT *,"                   \
    " iif(" PRESENT_SQL ", " AS_OF_SQL ", NULL) AS as_of_us FROM mirror))"

#endif
