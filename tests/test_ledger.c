/*
 * The ledger as scenarios: a few facts, and the rows that they make.
 *
 * A fact is a line "TIME PROVIDER THING ACT [key=value ...]"; `_` stands for a blank
 * within a value, and a thing of two words is joined by it.  Keys are the names of
 * fact fields, and account, region, by (actor), outcome, phase, same (the act that
 * records share), op (the hit's operation).  A row is one line with what it says, times
 * without the day.  Every scenario is run on its facts in both orders.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "core/ledger.h"
#include "core/limits.h"
#include "core/timestamp.h"

#define DAY_US INT64_C(1773446400000000) /* 2026-03-14 */

struct scenario {
    const char *name, *facts, *rows;
};

/* ---- reading facts ---- */

static struct slice unblanked(struct slice text, struct arena *arena)
{
    struct slice copy = arena_copy(arena, text);
    for (size_t i = 0; i < copy.length; i++) {
        if (copy.data[i] == '_')
            ((char *)copy.data)[i] = ' ';
    }
    return copy;
}

static int index_of(struct slice word, const char *(*name)(int index), int count)
{
    for (int i = 0; i < count; i++) {
        if (slice_equal(word, slice_from(name(i))))
            return i;
    }
    fail_msg("what is `%.*s`?", (int)word.length, word.data);
    return -1;
}

static const char *thing(int index)
{
    return fact_thing_name((enum fact_thing)index);
}

static const char *act(int index)
{
    return fact_act_name((enum fact_act)index);
}

static int64_t time_of(struct slice word)
{
    int hours, minutes, seconds;
    char text[16] = "";
    if (slice_equal(word, SLICE("-")))
        return EVENT_TIME_NONE;
    memcpy(text, word.data, word.length < 15 ? word.length : 15);
    assert_int_equal(sscanf(text, "%d:%d:%d", &hours, &minutes, &seconds), 3);
    return DAY_US + ((hours * 60 + minutes) * 60 + seconds) * INT64_C(1000000);
}

static void take_pair(struct fact *fact, struct slice key, struct slice value)
{
    if (slice_equal(key, SLICE("account")))
        fact->account = value;
    else if (slice_equal(key, SLICE("region")))
        fact->region = value;
    else if (slice_equal(key, SLICE("by")))
        fact->actor = value;
    else if (slice_equal(key, SLICE("same")))
        fact->act_id = value;
    else if (slice_equal(key, SLICE("op")))
        fact->operation = value;
    else if (slice_equal(key, SLICE("n")))
        fact->number = (unsigned)(value.data[0] - '0');
    else if (slice_equal(key, SLICE("outcome")))
        fact->outcome = (enum outcome)outcome_from_name(value);
    else if (slice_equal(key, SLICE("phase")))
        fact->phase = slice_equal(value, SLICE("first")) ? PHASE_FIRST : PHASE_LAST;
    else {
        int field = 0;
        while (field < FACT_FIELD_COUNT &&
               !slice_equal(key, slice_from(fact_field_names[field])))
            field++;
        if (field == FACT_FIELD_COUNT)
            fail_msg("what is `%.*s`?", (int)key.length, key.data);
        fact->text[field] = value;
    }
}

/* Clouds: an account and a region of ours; devices: the device. */
static void set_defaults(struct fact *fact, size_t number, struct arena *arena)
{
    fact->outcome = OUTCOME_SUCCESS;
    fact->phase = PHASE_SINGLE;
    fact->actor = SLICE("mallory");
    fact->act_id = arena_printf(arena, "act %zu", number);
    fact->order = arena_printf(arena, "%020zu", number);
    if (provider_is_device(fact->provider)) {
        fact->account = SLICE("sw1");
    } else if (fact->provider == PROVIDER_AWS) {
        fact->account = SLICE("111122223333");
        fact->region = SLICE("us-east-1");
    }
}

static void read_line(struct fact *fact, struct slice line, size_t number,
                      struct arena *arena)
{
    *fact = (struct fact){.time_us = time_of(slice_cut(&line, ' '))};
    fact->provider = (enum provider)provider_from_name(slice_cut(&line, ' '));
    struct slice word = unblanked(slice_cut(&line, ' '), arena);
    fact->thing = (enum fact_thing)index_of(word, thing, THING_COUNT);
    fact->act = (enum fact_act)index_of(slice_cut(&line, ' '), act, ACT_COUNT);
    set_defaults(fact, number, arena);
    while (slice_present(line)) {
        struct slice pair = slice_cut(&line, ' ');
        struct slice key = slice_cut(&pair, '=');
        if (key.length)
            take_pair(fact, key, unblanked(pair, arena));
    }
}

static size_t read_facts(const char *text, struct fact *facts, size_t room,
                         struct arena *arena)
{
    struct slice rest = slice_from(text);
    size_t count = 0;
    while (slice_present(rest)) {
        struct slice line = slice_trim(slice_cut(&rest, '\n'));
        if (!line.length)
            continue;
        assert_true(count < room);
        read_line(&facts[count], line, count, arena);
        count++;
    }
    return count;
}

/* ---- writing rows ---- */

static struct slice with_time(struct arena *arena, struct slice text, const char *label,
                              int64_t time_us)
{
    if (time_us == EVENT_TIME_NONE)
        return arena_printf(arena, "%.*s %s=-", (int)text.length, text.data, label);
    int64_t seconds = (time_us - DAY_US) / 1000000;
    return arena_printf(arena, "%.*s %s=%02d:%02d:%02d", (int)text.length, text.data,
                        label, (int)(seconds / 3600), (int)(seconds / 60 % 60),
                        (int)(seconds % 60));
}

static struct slice with_text(struct arena *arena, struct slice text, const char *label,
                              struct slice value)
{
    if (!value.length)
        return text;
    return arena_printf(arena, "%.*s %s=[%.*s]", (int)text.length, text.data, label,
                        (int)value.length, value.data);
}

static const char *write_rows(const struct mirror_list *list, struct arena *arena)
{
    struct slice all = SLICE("");
    for (size_t i = 0; i < list->count; i++) {
        const struct mirror *mirror = &list->rows[i];
        struct slice line =
            arena_printf(arena, "%.*s#%u %s", (int)mirror->id.length, mirror->id.data,
                         mirror->segment, mirror_state_name(mirror->state));
        line = with_time(arena, line, "since", mirror->since_us);
        if (mirror->until_us != EVENT_TIME_NONE)
            line = with_time(arena, line, "until", mirror->until_us);
        if (mirror->observed_us != EVENT_TIME_NONE)
            line = with_time(arena, line, "seen", mirror->observed_us);
        line = with_text(arena, line, "from", mirror->mirrored);
        line = with_text(arena, line, "to", mirror->destination);
        line = with_text(arena, line, "what", mirror->filter);
        line = arena_printf(arena, "%.*s foreign=%s", (int)line.length, line.data,
                            foreign_name(mirror->foreign));
        line = with_text(arena, line, "why", mirror->foreign_reason);
        line = with_text(arena, line, "by", mirror->opened_by);
        line = with_text(arena, line, "closed", mirror->closed_by);
        line = with_text(arena, line, "how", mirror->closed_how);
        for (const struct mirror_operation *link = mirror->operations; link;
             link = link->next)
            line = arena_printf(arena, "%.*s %s%.*s", (int)line.length, line.data,
                                link->part == PART_OPENED   ? "+"
                                : link->part == PART_CLOSED ? "-"
                                                            : "~",
                                (int)link->operation.length, link->operation.data);
        all = arena_printf(arena, "%.*s%.*s\n", (int)all.length, all.data,
                           (int)line.length, line.data);
    }
    return all.data;
}

/* ---- running ---- */

static void turn_around(struct fact *facts, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct fact fact = facts[i];
        facts[i] = facts[count - 1 - i];
        facts[count - 1 - i] = fact;
    }
}

static void run_scenario(const struct scenario *scenario, bool backwards)
{
    struct fact facts[64];
    struct mirror_list list;
    struct own own;
    struct error error;
    struct arena arena;
    arena_init(&arena);
    own_init(&own);
    assert_int_equal(
        own_add(&own, &arena, OWN_ACCOUNT, SLICE("111122223333"), false, &error), 0);
    assert_int_equal(
        own_add(&own, &arena, OWN_ACCOUNT, SLICE("222233334444"), false, &error), 0);
    size_t count = read_facts(scenario->facts, facts, 64, &arena);
    if (backwards)
        turn_around(facts, count);
    assert_int_equal(ledger_build(facts, count, &own, &arena, &list), 0);
    const char *rows = write_rows(&list, &arena);
    if (strcmp(rows, scenario->rows))
        fail_msg("%s%s\n-- expected\n%s-- got\n%s", scenario->name,
                 backwards ? " (backwards)" : "", scenario->rows, rows);
    arena_fini(&arena);
}

static void run_all(const struct scenario *scenarios, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        run_scenario(&scenarios[i], false);
        run_scenario(&scenarios[i], true);
    }
}

#define RUN(scenarios) run_all(scenarios, sizeof scenarios / sizeof scenarios[0])

/* ---- AWS ---- */

#define NLB "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/net/ndr/1"
#define OTHER_NLB                                                                      \
    "arn:aws:elasticloadbalancing:us-east-1:444455556666:loadbalancer/net/sink/1"
#define TARGET "02:10:00 aws target create object=tmt-1 destination=" NLB " op=t\n"
#define OPEN                                                                           \
    "02:11:09 aws session create object=tms-1 mirrored=eni-1 destination=tmt-1"        \
    " filter=tmf-1 number_text=1 op=o\n"
#define TO " to=[" NLB " (tmt-1)]"
#define RULES " what=[rules of tmf-1 not in the logs; whole packets] foreign=no"
#define LIVE "tms-1#1 live since=02:11:09 from=[eni-1]" TO RULES " by=[mallory] +o ~t\n"
#define ENDED(until)                                                                   \
    "tms-1#1 ended since=02:11:09 until=" until " from=[eni-1]" TO RULES

static const struct scenario aws_scenarios[] = {
    {"sessions that nothing names are not one",
     "02:11:00 aws session create op=a\n02:12:00 aws session create op=b\n",
     "111122223333/us-east-1/unnamed act 0#1 live since=02:11:00 foreign=unknown"
     " why=[the logs do not show the target] by=[mallory] how=[its id is not in the"
     " logs] +a\n"
     "111122223333/us-east-1/unnamed act 1#1 live since=02:12:00 foreign=unknown"
     " why=[the logs do not show the target] by=[mallory] how=[its id is not in the"
     " logs] +b\n"},
    {"one of which no making is known may be the one without a name",
     "02:11:00 aws session create op=a\n"
     "02:12:00 aws session create region=eu-west-1 op=b\n"
     "02:13:00 aws session delete object=tms-1 op=c\n",
     "111122223333/eu-west-1/unnamed act 1#1 live since=02:12:00 foreign=unknown"
     " why=[the logs do not show the target] by=[mallory] how=[its id is not in the"
     " logs] +b\n"
     "111122223333/us-east-1/unnamed act 0#1 unknown since=02:11:00 foreign=unknown"
     " why=[the logs do not show the target] by=[mallory] how=[its id is not in the"
     " logs; a session that may be this one was deleted] +a\n"
     "tms-1#1 ended since=- until=02:13:00 foreign=unknown why=[the logs do not show"
     " the target] closed=[mallory] how=[deleted] -c\n"},
    {"without its number a session is its source",
     "02:11:00 aws session create mirrored=eni-1 op=a\n",
     "111122223333/us-east-1/eni-1/session#1 live since=02:11:00 from=[eni-1]"
     " foreign=unknown why=[the logs do not show the target] by=[mallory]"
     " how=[its id is not in the logs] +a\n"},
    {"a session opens", TARGET OPEN, LIVE},
    {"attempts touch nothing",
     TARGET "02:11:00 aws session create outcome=denied mirrored=eni-9 op=x\n" OPEN
            "02:12:00 aws session delete outcome=failure object=tms-1 op=y\n"
            "02:13:00 aws session change outcome=dry-run object=tms-1"
            " destination=tmt-9 op=z\n",
     LIVE},
    {"a delete ends it",
     TARGET OPEN "03:00:00 aws session delete object=tms-1 by=alice op=d\n",
     ENDED("03:00:00") " by=[mallory] closed=[alice] how=[deleted] -d +o ~t\n"},
    {"a change of the target begins the next stretch",
     TARGET OPEN "02:20:00 aws session change object=tms-1 mirrored=eni-1"
                 " destination=tmt-2 filter=tmf-1 changed=trafficMirrorTargetId op=m\n",
     ENDED(
         "02:20:00") " by=[mallory] closed=[mallory] how=[changed] -m +o ~t\n"
                     "tms-1#2 live since=02:20:00 from=[eni-1] to=[tmt-2]"
                     " what=[rules of tmf-1 not in the logs; whole packets]"
                     " foreign=unknown why=[the target was made before the log starts,"
                     " or is shared from another account] by=[mallory] +m\n"},
    {"a description changes nothing",
     TARGET OPEN "02:20:00 aws session change object=tms-1 changed= op=m\n",
     "tms-1#1 live since=02:11:09 from=[eni-1]" TO RULES " by=[mallory] ~m +o ~t\n"},
    {"a packet length is taken away",
     TARGET "02:11:09 aws session create object=tms-1 mirrored=eni-1"
            " destination=tmt-1 filter=tmf-1 length=64 op=o\n"
            "02:20:00 aws session change object=tms-1 changed=packet-length"
            " removed=packet-length op=m\n",
     "tms-1#1 ended since=02:11:09 until=02:20:00 from=[eni-1]" TO
     " what=[rules of tmf-1 not in the logs; first 64 bytes of each packet] foreign=no"
     " by=[mallory] closed=[mallory] how=[changed] -m +o ~t\n"
     "tms-1#2 live since=02:20:00 from=[eni-1]" TO RULES " by=[mallory] +m ~t\n"},
    {"first seen when it is deleted", "03:00:00 aws session delete object=tms-1 op=d\n",
     "tms-1#1 ended since=- until=03:00:00 foreign=unknown"
     " why=[the logs do not show the target] closed=[mallory] how=[deleted] -d\n"},
    {"first seen when it is changed",
     TARGET "02:20:00 aws session change object=tms-1 mirrored=eni-1"
            " destination=tmt-1 filter=tmf-1 changed=trafficMirrorTargetId op=m\n",
     "tms-1#1 ended since=- until=02:20:00 foreign=unknown"
     " why=[the logs do not show the target] closed=[mallory] how=[changed] -m\n"
     "tms-1#2 live since=02:20:00 from=[eni-1]" TO RULES " by=[mallory] +m ~t\n"},
    {"pending and unknown outcomes",
     TARGET "02:11:09 aws session create outcome=pending object=tms-1 mirrored=eni-1"
            " destination=tmt-1 filter=tmf-1 op=o\n"
            "02:11:10 aws session create outcome=unknown object=tms-2 mirrored=eni-2"
            " destination=tmt-1 filter=tmf-1 op=p\n",
     "tms-1#1 pending since=02:11:09 from=[eni-1]" TO RULES " by=[mallory] +o ~t\n"
     "tms-2#1 unknown since=02:11:10 from=[eni-2]" TO RULES " by=[mallory] +p ~t\n"},
    {"without a response the id is derived",
     TARGET "02:11:09 aws session create mirrored=eni-1 destination=tmt-1"
            " filter=tmf-1 number_text=5 op=o\n",
     "111122223333/us-east-1/eni-1/session 5#1 live since=02:11:09 from=[eni-1]" TO
     " what=[rules of tmf-1 not in the logs; whole packets; what sessions below number"
     " 5 leave] foreign=no by=[mallory] how=[its id is not in the logs] +o ~t\n"},
    {"a change of its VXLAN id begins the next stretch",
     TARGET OPEN "02:20:00 aws session change object=tms-1 label=77"
                 " changed=virtualNetworkId op=m\n",
     ENDED("02:20:00") " by=[mallory] closed=[mallory] how=[changed] -m +o ~t\n"
                       "tms-1#2 live since=02:20:00 from=[eni-1]" TO
                       " what=[rules of tmf-1 not in the logs; whole packets; VXLAN id"
                       " 77] foreign=no by=[mallory] +m ~t\n"},
    {"a change that the logs do not show",
     TARGET OPEN "02:20:00 aws session change object=tms-1 op=m\n",
     ENDED("02:20:00") " by=[mallory] closed=[mallory] how=[changed] -m +o ~t\n"
                       "tms-1#2 live since=02:20:00 from=[eni-1]" TO RULES
                       " by=[mallory] how=[changed, and the logs do not show how:"
                       " check] +m ~t\n"},
    {"one second for the whole chain",
     "02:11:09 aws session create object=tms-1 mirrored=eni-1 destination=tmt-1"
     " filter=tmf-1 op=o\n"
     "02:11:09 aws rule create object=r1 parent=tmf-1 direction=ingress"
     " number_text=1 verdict=accept op=r\n"
     "02:11:09 aws filter create object=tmf-1 op=f\n"
     "02:11:09 aws target create object=tmt-1 destination=" NLB " op=t\n",
     "tms-1#1 live since=02:11:09 from=[eni-1]" TO
     " what=[in: all; whole packets] foreign=no by=[mallory] +o ~t\n"},
    {"the copies of one call in two accounts' logs",
     TARGET "02:11:09 aws session create same=s account=444455556666 object=tms-1"
            " mirrored=eni-1 destination=tmt-1 filter=tmf-1 owner=111122223333 op=o\n"
            "02:11:09 aws session create same=s object=tms-1"
            " mirrored=eni-1 destination=tmt-1 filter=tmf-1 owner=111122223333 op=o\n",
     LIVE},
};

static const struct scenario aws_ends[] = {
    {"its interface is deleted",
     TARGET OPEN "03:00:00 aws interface delete object=eni-1 by=alice\n",
     ENDED("03:00:00") " by=[mallory] closed=[alice] how=[its interface was deleted]"
                       " +o ~t\n"},
    {"its instance is terminated, and the interface goes with it",
     "01:00:00 aws interface create object=eni-1 parent=i-1 address=10.0.0.5"
     " network=vpc-1 enabled=true\n" TARGET OPEN
     "03:00:00 aws machine delete object=i-1 by=alice\n",
     "tms-1#1 ended since=02:11:09 until=03:00:00"
     " from=[eni-1 (i-1, 10.0.0.5, vpc-1)]" TO RULES
     " by=[mallory] closed=[alice] how=[its instance was terminated, and its interface"
     " with it] +o ~t\n"},
    {"its instance is terminated, and the interface was to stay",
     "01:00:00 aws interface create object=eni-1\n"
     "01:00:01 aws interface attach object=eni-1 parent=i-1\n" TARGET OPEN
     "03:00:00 aws machine delete object=i-1 by=alice\n",
     "tms-1#1 ended since=02:11:09 until=03:00:00 from=[eni-1 (i-1)]" TO RULES
     " by=[mallory] closed=[alice] how=[its instance was terminated, its interface was"
     " to stay: check] +o ~t\n"
     "tms-1#2 unknown since=03:00:00 from=[eni-1 (i-1)]" TO RULES
     " by=[alice] how=[instance gone, interface to stay: check]\n"},
    {"another instance is terminated",
     "01:00:00 aws interface create object=eni-1 parent=i-1 enabled=true\n" TARGET OPEN
     "03:00:00 aws machine delete object=i-2\n",
     "tms-1#1 live since=02:11:09 from=[eni-1 (i-1)]" TO RULES " by=[mallory] +o ~t\n"},
    {"its target is deleted",
     TARGET OPEN "03:00:00 aws target delete object=tmt-1 op=d\n",
     ENDED("03:00:00") " by=[mallory] closed=[mallory] how=[implied: its target was"
                       " deleted] -d +o ~t\n"},
    {"its filter is deleted",
     TARGET OPEN "03:00:00 aws filter delete object=tmf-1 op=d\n",
     ENDED("03:00:00") " by=[mallory] closed=[mallory] how=[implied: its filter was"
                       " deleted] -d +o ~t\n"},
    {"the load balancer is deleted",
     TARGET OPEN "03:00:00 aws balancer delete object=" NLB " by=alice\n",
     ENDED("03:00:00") " by=[mallory] closed=[alice] how=[its destination was deleted]"
                       " +o ~t\n"
                       "tms-1#2 blackholed since=03:00:00 from=[eni-1]" TO RULES
                       " by=[alice]\n"},
    {"only a target was made", TARGET,
     "tmt-1#1 prepared since=02:10:00" TO " foreign=no by=[mallory] +t\n"},
    {"a target was made and deleted",
     TARGET "02:20:00 aws target delete object=tmt-1 op=d\n", ""},
    {"only a filter was made",
     "02:10:00 aws filter create object=tmf-1 op=f\n"
     "02:10:01 aws rule create object=r1 parent=tmf-1 direction=ingress number_text=1"
     " verdict=accept op=r\n"
     "02:10:02 aws filter create object=tmf-2 op=g\n"
     "02:10:03 aws filter delete object=tmf-2 op=h\n",
     "tmf-1#1 prepared since=02:10:00 what=[in: all] foreign=unknown why=[the logs do"
     " not show the target] by=[mallory] +f\n"},
};

static const struct scenario aws_filters[] = {
    {"a filter that accepts nothing",
     TARGET "02:10:01 aws filter create object=tmf-1 op=f\n" OPEN,
     "tms-1#1 incomplete since=02:11:09 from=[eni-1]" TO
     " what=[nothing: the filter accepts nothing; whole packets] foreign=no"
     " by=[mallory] +o ~t\n"},
    {"a rule widens a live session",
     TARGET "02:10:01 aws filter create object=tmf-1 op=f\n"
            "02:10:02 aws rule create object=r1 parent=tmf-1 direction=egress"
            " number_text=2 verdict=accept protocol=6 mirrored=10.0.0.0/8"
            " destination=0.0.0.0/0_port_443 op=r\n" OPEN
            "02:30:00 aws rule create object=r2 parent=tmf-1 direction=egress"
            " number_text=1 verdict=reject mirrored=10.9.0.0/16 op=q\n",
     "tms-1#1 ended since=02:11:09 until=02:30:00 from=[eni-1]" TO
     " what=[out: tcp from 10.0.0.0/8 to 0.0.0.0/0 port 443; whole packets] foreign=no"
     " by=[mallory] closed=[mallory] how=[changed] +o -q ~t\n"
     "tms-1#2 live since=02:30:00 from=[eni-1]" TO
     " what=[out: not all from 10.9.0.0/16, tcp from 10.0.0.0/8 to 0.0.0.0/0 port 443;"
     " whole packets] foreign=no by=[mallory] +q\n"},
    {"a change of a rule keeps what it does not name, and loses what it takes away",
     TARGET "02:10:01 aws filter create object=tmf-1 op=f\n"
            "02:10:02 aws rule create object=r1 parent=tmf-1 direction=ingress"
            " number_text=1 verdict=accept protocol=6 mirrored=10.0.0.0/8_port_80"
            " destination=10.9.0.0/16_port_443 op=r\n" OPEN
            "02:30:00 aws rule change object=r1 mirrored=port_81"
            " destination=10.8.0.0/16 removed=protocol_destination-port-range op=q\n",
     "tms-1#1 ended since=02:11:09 until=02:30:00 from=[eni-1]" TO
     " what=[in: tcp from 10.0.0.0/8 port 80 to 10.9.0.0/16 port 443; whole packets]"
     " foreign=no by=[mallory] closed=[mallory] how=[changed] +o -q ~t\n"
     "tms-1#2 live since=02:30:00 from=[eni-1]" TO
     " what=[in: all from 10.0.0.0/8 port 81 to 10.8.0.0/16; whole packets] foreign=no"
     " by=[mallory] +q\n"},
    {"DNS alone",
     TARGET "02:10:01 aws filter create object=tmf-1 op=f\n"
            "02:10:02 aws filter change object=tmf-1 protocol=amazon-dns op=n\n" OPEN,
     "tms-1#1 live since=02:11:09 from=[eni-1]" TO
     " what=[Amazon DNS; whole packets] foreign=no by=[mallory] +o ~t\n"},
    {"the last rule goes",
     TARGET "02:10:01 aws filter create object=tmf-1 op=f\n"
            "02:10:02 aws rule create object=r1 parent=tmf-1 direction=ingress"
            " number_text=1 verdict=accept op=r\n" OPEN
            "02:30:00 aws rule delete object=r1 op=x\n",
     "tms-1#1 ended since=02:11:09 until=02:30:00 from=[eni-1]" TO
     " what=[in: all; whole packets] foreign=no by=[mallory] closed=[mallory]"
     " how=[changed] +o ~t -x\n"
     "tms-1#2 incomplete since=02:30:00 from=[eni-1]" TO
     " what=[nothing: the filter accepts nothing; whole packets] foreign=no"
     " by=[mallory] +x\n"},
};

#define FOREIGN_ROW(why)                                                               \
    "tms-1#1 live since=02:11:09 from=[eni-1] to=[" OTHER_NLB " (tmt-1)]"              \
    " what=[rules of tmf-1 not in the logs; whole packets] foreign=yes why=[" why      \
    "] by=[mallory] +o ~t\n"

static const struct scenario aws_foreign[] = {
    {"the load balancer is another account's",
     "02:10:00 aws target create object=tmt-1 destination=" OTHER_NLB " op=t\n" OPEN,
     FOREIGN_ROW("the load balancer belongs to account 444455556666")},
    {"the target is shared by another account",
     "02:10:00 aws share create object=tmt-1 owner=444455556666\n" OPEN,
     "tms-1#1 live since=02:11:09 from=[eni-1] to=[tmt-1]"
     " what=[rules of tmf-1 not in the logs; whole packets] foreign=yes why=[the target"
     " belongs to account 444455556666] by=[mallory] +o\n"},
    {"a target that the logs do not show, and a share of another account",
     "02:00:00 aws share attach owner=444455556666\n"
     "02:00:01 aws share attach owner=222233334444\n" OPEN,
     "tms-1#1 live since=02:11:09 from=[eni-1] to=[tmt-1] what=[rules of tmf-1 not in"
     " the logs; whole packets] foreign=unknown why=[the target was made before the log"
     " starts, or is shared from another account; shares accepted from account"
     " 444455556666] by=[mallory] +o\n"},
    {"the session is another account's",
     TARGET "02:11:09 aws session create object=tms-1 mirrored=eni-1"
            " destination=tmt-1 filter=tmf-1 owner=444455556666 op=o\n",
     "tms-1#1 live since=02:11:09 from=[eni-1]" TO
     " what=[rules of tmf-1 not in the logs; whole packets] foreign=yes why=[the"
     " session belongs to account 444455556666] by=[mallory] +o ~t\n"},
    {"the target is another own account's",
     "02:10:00 aws target create account=222233334444 object=tmt-1 destination=eni-7"
     " owner=222233334444 op=t\n" OPEN,
     "tms-1#1 live since=02:11:09 from=[eni-1] to=[eni-7 (tmt-1, 222233334444)]" RULES
     " by=[mallory] +o ~t\n"},
    {"a caller from another account is told beside it",
     TARGET "02:11:09 aws session create object=tms-1 mirrored=eni-1"
            " destination=tmt-1 filter=tmf-1 caller=444455556666 op=o\n",
     "tms-1#1 live since=02:11:09 from=[eni-1]" TO RULES
     " why=[called from account 444455556666] by=[mallory] +o ~t\n"},
};

#define SHOWN                                                                          \
    "04:00:00 aws session observe same=s account=111122223333 region= object=tms-1"    \
    " mirrored=eni-1 destination=tmt-1 filter=tmf-1 owner=111122223333 by=\n"

static const struct scenario aws_snapshots[] = {
    {"shown: live", TARGET OPEN SHOWN,
     "tms-1#1 live since=02:11:09 seen=04:00:00 from=[eni-1]" TO RULES
     " by=[mallory] +o ~t\n"},
    {"shown after its delete: live again",
     TARGET OPEN "03:00:00 aws session delete object=tms-1 op=d\n" SHOWN,
     ENDED("03:00:00") " by=[mallory] closed=[mallory] how=[deleted] -d +o ~t\n"
                       "tms-1#2 live since=- seen=04:00:00 from=[eni-1]" TO RULES "\n"},
    {"never logged and shown", SHOWN,
     "tms-1#1 live since=- seen=04:00:00 from=[eni-1] to=[tmt-1]"
     " what=[rules of tmf-1 not in the logs; whole packets] foreign=unknown"
     " why=[the target was made before the log starts, or is shared from another"
     " account]\n"},
    {"not shown beside one of its region: ended before",
     TARGET OPEN
     "02:12:00 aws session create object=tms-2 mirrored=eni-2 destination=tmt-1"
     " filter=tmf-1 op=p\n" SHOWN
     "04:00:00 aws session list same=s n=1 owner=111122223333 account= region= by=\n",
     "tms-1#1 live since=02:11:09 seen=04:00:00 from=[eni-1]" TO RULES
     " by=[mallory] +o ~t\n"
     "tms-2#1 ended since=02:12:00 until=04:00:00 from=[eni-2]" TO RULES
     " by=[mallory] how=[ended before a snapshot that does not show it] +p ~t\n"},
    {"not shown by a list that names nothing: not known",
     TARGET OPEN "04:00:00 aws session list owner= account= region= by=\n",
     "tms-1#1 unknown since=02:11:09 from=[eni-1]" TO RULES
     " by=[mallory] how=[a snapshot that names neither account nor region does not show"
     " it] +o ~t\n"},
    {"not shown by one page of several: as before",
     TARGET OPEN "04:00:00 aws session list changed=part owner= account= region=\n",
     LIVE},
};

static void aws(void **state)
{
    (void)state;
    RUN(aws_scenarios);
    RUN(aws_ends);
    RUN(aws_filters);
    RUN(aws_foreign);
    RUN(aws_snapshots);
}

/* ---- Azure ---- */

#define SUB "/subscriptions/sub-1/resourcegroups/g/providers/microsoft.network"
#define NIC SUB "/networkinterfaces/nic1"
#define CONFIGURATION NIC "/tapconfigurations/c1"
#define TAP SUB "/virtualnetworktaps/t1"
#define OWN_END SUB "/networkinterfaces/ids/ipconfigurations/ip1"
#define OTHER_END                                                                      \
    "/subscriptions/sub-9/resourcegroups/g/providers/microsoft.network"                \
    "/networkinterfaces/sink/ipconfigurations/ip1"
#define TAP_WRITE(end)                                                                 \
    "02:00:00 azure target write account=sub-1 object=" TAP " destination=" end        \
    " parent=" SUB "/networkinterfaces/ids op=t\n"
#define TAP_START                                                                      \
    "02:10:00 azure session write same=c phase=first outcome=pending account=sub-1"    \
    " object=" CONFIGURATION " mirrored=" NIC " destination=" TAP " op=c\n"
#define TAP_DONE                                                                       \
    "02:10:30 azure session write same=c phase=last account=sub-1"                     \
    " object=" CONFIGURATION " mirrored=" NIC " op=c\n"
#define AZURE_ROW(state, end, foreign)                                                 \
    CONFIGURATION "#1 " state " since=02:10:00 from=[" NIC "] to=[" end " (" TAP ")]"  \
                  " what=[all traffic of the interface] foreign=" foreign              \
                  " by=[mallory] +c ~t\n"
#define AZURE_ENDED(until, rest)                                                       \
    CONFIGURATION "#1 ended since=02:10:00 until=" until " from=[" NIC "]"             \
                  " to=[" OWN_END " (" TAP ")] what=[all traffic of the interface]"    \
                  " foreign=no by=[mallory] closed=[mallory] how=" rest

static const struct scenario azure_scenarios[] = {
    {"the phases of one call", TAP_WRITE(OWN_END) TAP_START TAP_DONE,
     AZURE_ROW("live", OWN_END, "no")},
    {"started, and no more is known", TAP_WRITE(OWN_END) TAP_START,
     AZURE_ROW("pending", OWN_END, "no")},
    {"started and failed",
     TAP_START "02:10:30 azure session write same=c phase=last outcome=failure"
               " account=sub-1 object=" CONFIGURATION " op=c\n",
     ""},
    {"to another subscription", TAP_WRITE(OTHER_END) TAP_START TAP_DONE,
     AZURE_ROW("live", OTHER_END,
               "yes why=[the destination belongs to subscription sub-9]")},
    {"bodies are missing",
     "02:10:00 azure session write account=sub-1 object=" CONFIGURATION " mirrored=" NIC
     " op=c\n",
     CONFIGURATION "#1 live since=02:10:00 from=[" NIC "]"
                   " what=[all traffic of the interface] foreign=unknown why=[the logs"
                   " do not show the TAP: az network vnet tap show] by=[mallory] +c\n"},
    {"written again without a change",
     TAP_WRITE(OWN_END) TAP_START TAP_DONE
     "02:30:00 azure session write account=sub-1 object=" CONFIGURATION " mirrored=" NIC
     " destination=" TAP " op=d\n",
     CONFIGURATION "#1 live since=02:10:00 from=[" NIC "] to=[" OWN_END " (" TAP ")]"
                   " what=[all traffic of the interface] foreign=no by=[mallory] +c ~d"
                   " ~t\n"},
    {"the TAP is pointed elsewhere",
     TAP_WRITE(OWN_END) TAP_START TAP_DONE
     "02:30:00 azure target write account=sub-1 object=" TAP " destination=" OTHER_END
     " op=u\n",
     AZURE_ENDED("02:30:00", "[changed] +c ~t -u\n") CONFIGURATION
     "#2 live since=02:30:00 from=[" NIC "] to=[" OTHER_END " (" TAP ")]"
     " what=[all traffic of the interface] foreign=yes why=[the destination belongs to"
     " subscription sub-9] by=[mallory] +u\n"},
    {"deleted",
     TAP_WRITE(OWN_END) TAP_START TAP_DONE
     "03:00:00 azure session delete account=sub-1 object=" CONFIGURATION " op=x\n",
     AZURE_ENDED("03:00:00", "[deleted] +c ~t -x\n")},
    {"its interface is deleted",
     TAP_WRITE(OWN_END) TAP_START TAP_DONE "03:00:00 azure interface delete object=" NIC
                                           "\n",
     AZURE_ENDED("03:00:00", "[its interface was deleted] +c ~t\n")},
    {"its machine is deleted and takes the interface with it",
     "01:00:00 azure interface create object=" NIC
     " parent=vm1 enabled=true\n" TAP_WRITE(OWN_END) TAP_START TAP_DONE
     "03:00:00 azure machine delete object=vm1\n",
     CONFIGURATION "#1 ended since=02:10:00 until=03:00:00 from=[" NIC " (vm1)]"
                   " to=[" OWN_END " (" TAP ")] what=[all traffic of the interface]"
                   " foreign=no by=[mallory] closed=[mallory] how=[its instance was"
                   " terminated, and its interface with it] +c ~t\n"},
    {"the TAP is deleted",
     TAP_WRITE(OWN_END) TAP_START TAP_DONE
     "03:00:00 azure target delete account=sub-1 object=" TAP " op=x\n",
     AZURE_ENDED("03:00:00", "[implied: its target was deleted] +c ~t -x\n")},
    {"the destination's interface is deleted",
     TAP_WRITE(OWN_END) TAP_START TAP_DONE "03:00:00 azure interface delete object=" SUB
                                           "/networkinterfaces/ids\n",
     AZURE_ENDED("03:00:00", "[its destination was deleted] +c ~t\n") CONFIGURATION
     "#2 blackholed since=03:00:00 from=[" NIC "] to=[" OWN_END " (" TAP ")]"
     " what=[all traffic of the interface] foreign=no by=[mallory]\n"},
    {"put on by writing the interface, and written again without its body",
     "02:10:00 azure session write account=sub-1 object=nic/virtualnetworktaps"
     " mirrored=nic destination=" TAP " op=c\n"
     "02:20:00 azure interface write object=nic changed=virtualNetworkTaps\n"
     "03:00:00 azure interface write object=nic by=alice\n",
     "nic/virtualnetworktaps#1 ended since=02:10:00 until=03:00:00 from=[nic] to=[" TAP
     "] what=[all traffic of the interface] foreign=unknown why=[the logs do not show"
     " the TAP's destination: az network vnet tap show] by=[mallory] closed=[alice]"
     " how=[its interface was written] +c\n"
     "nic/virtualnetworktaps#2 unknown since=03:00:00 from=[nic] to=[" TAP "] what=[all"
     " traffic of the interface] foreign=unknown why=[the logs do not show the TAP's"
     " destination: az network vnet tap show] by=[alice] how=[its interface was"
     " written, and the logs do not show how: check]\n"},
    {"put on by writing the interface, and taken off by the next write",
     "02:10:00 azure session write account=sub-1 object=nic/taps mirrored=nic"
     " destination=" TAP " op=c\n"
     "03:00:00 azure session detach account=sub-1 object=nic/taps mirrored=nic op=d\n",
     "nic/taps#1 ended since=02:10:00 until=03:00:00 from=[nic] to=[" TAP "]"
     " what=[all traffic of the interface] foreign=unknown why=[the logs do not show "
     "the"
     " TAP's destination: az network vnet tap show] by=[mallory] closed=[mallory]"
     " how=[its interface was written without it] +c -d\n"},
    {"an interface written without a TAP that it never had",
     "03:00:00 azure session detach account=sub-1 object=nic/taps mirrored=nic op=d\n",
     ""},
};

#define PROXY TAP "/networkinterfacetapconfigurationproxies/c1"
#define SHOWN_AZURE(id, to)                                                            \
    "04:00:00 azure session observe account=sub-1 by= object=" id " mirrored=" NIC     \
    " destination=" to "\n"
#define LIST(fields) "04:00:00 azure session list by= " fields "\n"
#define NOT_SHOWN(how)                                                                 \
    CONFIGURATION "#1 ended since=02:10:00 until=04:00:00 from=[" NIC "]"              \
                  " to=[" OWN_END " (" TAP ")] what=[all traffic of the interface]"    \
                  " foreign=no by=[mallory] how=[" how "] +c ~t\n"

static const struct scenario azure_snapshots[] = {
    {"a TAP shows that nothing goes to it any more",
     TAP_WRITE(OWN_END)
         TAP_START TAP_DONE LIST("destination=" TAP " kind=/tapconfigurations/"),
     NOT_SHOWN("ended before a snapshot that does not show it")},
    {"another TAP tells nothing of it",
     TAP_WRITE(OWN_END)
         TAP_START TAP_DONE LIST("destination=" TAP "2 kind=/tapconfigurations/"),
     AZURE_ROW("live", OWN_END, "no")},
    {"what is put on by the interface is in no TAP's list",
     "02:10:00 azure session write account=sub-1 object=nic/virtualnetworktaps"
     " mirrored=nic destination=" TAP
     " op=c\n" LIST("destination=" TAP " kind=/tapconfigurations/"),
     "nic/virtualnetworktaps#1 live since=02:10:00 from=[nic] to=[" TAP "]"
     " what=[all traffic of the interface] foreign=unknown why=[the logs do not show "
     "the TAP's destination: az network vnet tap show] by=[mallory] +c\n"},
    {"an interface shows another configuration, and not this one",
     TAP_WRITE(OWN_END) TAP_START TAP_DONE SHOWN_AZURE(NIC "/tapconfigurations/c2", TAP)
         LIST("object=" NIC "/tapconfigurations/"),
     NOT_SHOWN("ended before a snapshot that does not show it") NIC
     "/tapconfigurations/c2#1 live since=- seen=04:00:00 from=[" NIC "] to=[" OWN_END
     " (" TAP ")] what=[all traffic of the interface] foreign=no\n"},
    {"shown by the list",
     TAP_WRITE(OWN_END) TAP_START TAP_DONE SHOWN_AZURE(CONFIGURATION, TAP)
         LIST("object=" NIC "/tapconfigurations/"),
     CONFIGURATION "#1 live since=02:10:00 seen=04:00:00 from=[" NIC "] to=[" OWN_END
                   " (" TAP ")] what=[all traffic of the interface] foreign=no"
                   " by=[mallory] +c ~t\n"},
    {"the list of a group's TAPs does not show its TAP",
     TAP_WRITE(OWN_END) TAP_START TAP_DONE "04:00:00 azure target list by= object=" SUB
                                           "/virtualnetworktaps/\n",
     NOT_SHOWN("implied: a snapshot does not show its target")},
    {"the list of another group's TAPs",
     TAP_WRITE(OWN_END) TAP_START TAP_DONE
     "04:00:00 azure target list by= object=/subscriptions/sub-1/resourcegroups/h"
     "/providers/microsoft.network/virtualnetworktaps/\n",
     AZURE_ROW("live", OWN_END, "no")},
    {"the TAP's side tells the configuration, and its end",
     "02:10:00 azure session write account=sub-1 object=" CONFIGURATION " parent=" PROXY
     " mirrored=" NIC " destination=" TAP " op=c\n"
     "03:00:00 azure session delete account=sub-1 object=" PROXY " parent=" PROXY
     " op=x\n",
     CONFIGURATION "#1 ended since=02:10:00 until=03:00:00 from=[" NIC "] to=[" TAP
                   "] what=[all traffic of the interface] foreign=unknown why=[the"
                   " logs do not show the TAP's destination: az network vnet tap show]"
                   " by=[mallory] closed=[mallory] how=[deleted] +c -x\n"},
    {"the TAP's side without a body: what it copies is not known",
     "02:10:00 azure session write account=sub-1 object=" PROXY " parent=" PROXY
     " destination=" TAP " op=c\n",
     PROXY "#1 live since=02:10:00 to=[" TAP "] what=[all traffic of the interface]"
           " foreign=unknown why=[the logs do not show the TAP's destination: az"
           " network vnet tap show] by=[mallory] +c\n"},
};

static void azure(void **state)
{
    (void)state;
    RUN(azure_scenarios);
    RUN(azure_snapshots);
}

/* ---- GCP ---- */

#define PM "projects/p/regions/r/packetMirrorings/m"
#define COLLECTOR "projects/p/regions/r/forwardingRules/ids"
#define SINK "projects/evil/regions/r/forwardingRules/sink"
#define INSERT(destination)                                                            \
    "02:20:00 gcp session create account=p region=r object=" PM                        \
    " destination=" destination " mirrored=vm-1,_vm-2 tags=web direction=BOTH"         \
    " enabled=TRUE op=i\n"
#define PATCH(values)                                                                  \
    "03:00:00 gcp session change account=p region=r object=" PM " " values " op=u\n"
#define GCP_ENDED(how)                                                                 \
    PM "#1 ended since=02:20:00 until=03:00:00 from=[vm-1, vm-2, tag:web] "            \
       "to=[" COLLECTOR "] what=[in and out; all protocols; whole packets] foreign=no" \
       " by=[mallory] closed=[mallory] how=[" how "]"
#define GCP_NEXT(state, values) PM "#2 " state " since=03:00:00 " values
#define TO_COLLECTOR                                                                   \
    " to=[" COLLECTOR "] what=[in and out; all protocols; whole packets] foreign=no"   \
    " by=[mallory]"

static const struct scenario gcp_scenarios[] = {
    {"inserted", INSERT(COLLECTOR),
     PM
     "#1 live since=02:20:00 from=[vm-1, vm-2, tag:web] to=[" COLLECTOR "]"
     " what=[in and out; all protocols; whole packets] foreign=no by=[mallory] +i\n"},
    {"accepted first, failed last",
     "02:20:00 gcp session create same=i phase=first outcome=pending account=p "
     "object=" PM " destination=" COLLECTOR " op=i\n"
     "02:20:05 gcp session create same=i phase=last outcome=failure account=p "
     "object=" PM " op=i\n",
     ""},
    {"a patch changes what it names", INSERT(COLLECTOR) PATCH("destination=" SINK),
     GCP_ENDED("changed") " +i -u\n" GCP_NEXT(
         "live", "from=[vm-1, vm-2, tag:web] to=[" SINK "] what=[in and out; all"
                 " protocols; whole packets] foreign=unknown why=[the destination"
                 " belongs to project evil] by=[mallory] +u\n")},
    {"a patch takes away what is null", INSERT(COLLECTOR) PATCH("tags= mirrored=vm-2"),
     GCP_ENDED("changed") " +i -u\n" GCP_NEXT("live",
                                              "from=[vm-2]" TO_COLLECTOR " +u\n")},
    {"a patch that the logs do not show", INSERT(COLLECTOR) PATCH(""),
     GCP_ENDED("changed") " +i -u\n" GCP_NEXT(
         "unknown", "from=[vm-1, vm-2, tag:web]" TO_COLLECTOR " how=[changed, and the"
                    " logs do not show how: check] +u\n")},
    {"an insert whose body is missing",
     "02:20:00 gcp session create account=p object=" PM " op=i\n",
     PM "#1 live since=02:20:00 foreign=unknown why=[the logs do not show the"
        " destination] by=[mallory] +i\n"},
    {"a deletion of which the result is missing",
     INSERT(
         COLLECTOR) "03:00:00 gcp session delete outcome=pending account=p object=" PM
                    " op=u\n",
     GCP_ENDED(
         "its deletion began; the logs do not show its result") " +i "
                                                                "-u\n" GCP_NEXT(
                                                                    "pending",
                                                                    "from=[vm-1, "
                                                                    "vm-2, "
                                                                    "tag:"
                                                                    "web"
                                                                    "]" TO_COLLECTOR
                                                                    " how=[its "
                                                                    "deletion "
                                                                    "began; the "
                                                                    "logs do not "
                                                                    "show its "
                                                                    "result] "
                                                                    "+u\n")},
    {"a patch that changes nothing", INSERT(COLLECTOR) PATCH("direction=BOTH"),
     PM "#1 live since=02:20:00 from=[vm-1, vm-2, tag:web]" TO_COLLECTOR " +i ~u\n"},
    {"switched off", INSERT(COLLECTOR) PATCH("enabled=FALSE"),
     GCP_ENDED("switched off, policy still exists") " +i -u\n" GCP_NEXT(
         "shut", "from=[vm-1, vm-2, tag:web]" TO_COLLECTOR " +u\n")},
    {"first seen when it is patched", PATCH("destination=" COLLECTOR),
     PM "#1 ended since=- until=03:00:00 foreign=unknown why=[the logs do not show the"
        " destination] closed=[mallory] how=[changed] -u\n" GCP_NEXT(
            "live", "to=[" COLLECTOR "] foreign=no by=[mallory] +u\n")},
    {"deleted",
     INSERT(COLLECTOR) "03:00:00 gcp session delete account=p object=" PM " op=d\n",
     GCP_ENDED("deleted") " -d +i\n"},
    {"the collector is deleted",
     INSERT(COLLECTOR) "03:00:00 gcp balancer delete object=" COLLECTOR "\n",
     GCP_ENDED("its collector was deleted") " +i\n" GCP_NEXT(
         "blackholed", "from=[vm-1, vm-2, tag:web]" TO_COLLECTOR "\n")},
    {"an instance is deleted",
     INSERT(COLLECTOR) "03:00:00 gcp machine delete object=vm-1\n",
     GCP_ENDED("an instance was deleted") " +i\n" GCP_NEXT(
         "live", "from=[vm-2, tag:web]" TO_COLLECTOR "\n")},
    {"a name that is used again",
     INSERT(COLLECTOR) "03:00:00 gcp session delete account=p object=" PM " op=d\n"
                       "04:00:00 gcp session create account=p region=r object=" PM
                       " destination=" COLLECTOR " mirrored=vm-9 op=j\n",
     GCP_ENDED("deleted") " -d +i\n" PM
                          "#2 live since=04:00:00 from=[vm-9]" TO_COLLECTOR " +j\n"},
};

#define GCP_LIST(collection) "04:00:00 gcp session list by= object=" collection "\n"
#define GCP_LIVE(rest)                                                                 \
    PM "#1 live since=02:20:00" rest " from=[vm-1, vm-2, tag:web]" TO_COLLECTOR " +i"

static const struct scenario gcp_snapshots[] = {
    {"not shown by the list of its region",
     INSERT(COLLECTOR) GCP_LIST("projects/p/regions/r/packetMirrorings/"),
     PM "#1 ended since=02:20:00 until=04:00:00 from=[vm-1, vm-2, tag:web]" TO_COLLECTOR
        " how=[ended before a snapshot that does not show it] +i\n"},
    {"lists of other regions and projects tell nothing of it",
     INSERT(COLLECTOR) GCP_LIST("projects/p/regions/r1/packetMirrorings/")
         GCP_LIST("projects/q/regions/r/packetMirrorings/"),
     GCP_LIVE("") "\n"},
    {"shown by the list",
     INSERT(COLLECTOR) "04:00:00 gcp session observe account=p region=r by= object=" PM
                       " destination=" COLLECTOR
                       " mirrored=vm-1,_vm-2 tags=web direction=BOTH "
                       "enabled=TRUE\n" GCP_LIST(
                           "projects/p/regions/r/packetMirrorings/"),
     GCP_LIVE(" seen=04:00:00") "\n"},
    {"switched off by the time that it is shown",
     INSERT(COLLECTOR) "04:00:00 gcp session observe account=p region=r by= object=" PM
                       " destination=" COLLECTOR " mirrored=vm-1 enabled=FALSE\n",
     PM "#1 shut since=02:20:00 seen=04:00:00 from=[vm-1]" TO_COLLECTOR " +i\n"},
};

/* How many things are mirrored, of a policy for a tag. */
static void tagged(void **state)
{
    static const char policy[] =
        "02:20:00 gcp session create account=p region=r object=" PM
        " destination=" COLLECTOR
        " mirrored=vm-0 tags=web,_db network=net enabled=TRUE\n";
    static const struct {
        const char *machines;
        unsigned sources;
    } cases[] = {
        {"", 3},
        {"02:00:00 gcp machine create object=vm-1 tags=web network=net\n", 2},
        {"03:00:00 gcp machine write object=vm-1 tags=db,_web\n", 2},
        {"02:00:00 gcp machine create object=vm-1 tags=web network=other\n"
         "02:00:00 gcp machine write object=vm-2 tags=db\n"
         "02:00:00 gcp machine write object=vm-3 tags=web,_ssh\n",
         3},
        {"02:00:00 gcp machine write object=vm-1 tags=web\n"
         "02:00:00 gcp machine write object=vm-2 tags=web\n"
         "03:00:00 gcp machine write object=vm-1 tags=\n",
         2},
        {"02:00:00 gcp machine write object=vm-1 tags=web\n"
         "02:00:00 gcp machine write object=vm-2 tags=web\n"
         "03:00:00 gcp machine delete object=vm-1\n",
         2},
        {"02:00:00 gcp machine create object=vm-1 tags=mail\n", 3},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fact facts[8];
        struct mirror_list list;
        struct own own;
        struct arena arena;
        arena_init(&arena);
        own_init(&own);
        size_t count = read_facts(policy, facts, 8, &arena);
        count += read_facts(cases[i].machines, facts + count, 8 - count, &arena);
        for (size_t j = 0; j < count; j++)
            facts[j].act_id = arena_printf(&arena, "act %zu", j);
        assert_int_equal(ledger_build(facts, count, &own, &arena, &list), 0);
        assert_int_equal(list.count, 1);
        if (list.rows[0].sources != cases[i].sources)
            fail_msg("case %zu: %u sources", i, (unsigned)list.rows[0].sources);
        arena_fini(&arena);
    }
}

#define CHAIN                                                                          \
    "02:00:00 gcp deployment_group create account=p object=dg op=a\n"                  \
    "02:01:00 gcp deployment create account=p object=d destination=" SINK              \
    " parent=dg op=b\n"                                                                \
    "02:02:00 gcp endpoint_group create account=p object=eg destination=dg op=c\n"     \
    "02:03:00 gcp association create account=p object=as mirrored=net"                 \
    " destination=eg op=d\n"                                                           \
    "02:04:00 gcp security_profile create account=p object=sp destination=eg op=e\n"   \
    "02:05:00 gcp security_profile_group create account=p object=sg destination=sp"    \
    " op=f\n"
#define RULE                                                                           \
    "02:06:00 gcp mirroring_rule create account=p object=r destination=sg"             \
    " enabled=true op=g\n"
#define CHAIN_ENDS                                                                     \
    " from=[net] to=[" SINK "] what=[what the rule matches; whole packets]"            \
    " foreign=unknown why=[the destination belongs to project evil] by=[mallory]"

static const struct scenario chain_scenarios[] = {
    {"a chain without its rule names it", CHAIN,
     "eg#1 incomplete since=02:02:00 from=[net] to=[" SINK
     "] what=[nothing yet, the logs"
     " do not show: mirroring rule] foreign=unknown why=[the destination belongs to"
     " project evil] by=[mallory] +c +d\n"},
    {"a whole chain copies", CHAIN RULE,
     "eg#1 live since=02:06:00" CHAIN_ENDS " +c +d +g\n"},
    {"its rule is removed",
     CHAIN RULE "03:00:00 gcp mirroring_rule delete account=p object=r op=x\n",
     "eg#1 ended since=02:06:00 until=03:00:00" CHAIN_ENDS
     " closed=[mallory] how=[a link of its chain is gone] +c +d +g -x\n"
     "eg#2 incomplete since=03:00:00 from=[net] to=[" SINK
     "] what=[nothing yet, the logs"
     " do not show: mirroring rule] foreign=unknown why=[the destination belongs to"
     " project evil] by=[mallory] +x\n"},
    {"its collector is deleted",
     CHAIN RULE "03:00:00 gcp balancer delete object=" SINK "\n",
     "eg#1 ended since=02:06:00 until=03:00:00" CHAIN_ENDS
     " closed=[mallory] how=[its destination was deleted] +c +d +g\n"
     "eg#2 blackholed since=03:00:00" CHAIN_ENDS "\n"},
    {"its rule is disabled",
     CHAIN RULE "03:00:00 gcp mirroring_rule change account=p object=r destination=sg"
                " enabled=false op=x\n",
     "eg#1 ended since=02:06:00 until=03:00:00" CHAIN_ENDS
     " closed=[mallory] how=[its rule was switched off] +c +d +g -x\n"
     "eg#2 shut since=03:00:00 from=[net] to=[" SINK "] what=[nothing yet, the logs"
     " do not show: mirroring rule] foreign=unknown why=[the destination belongs to"
     " project evil] by=[mallory] +x\n"},
    {"its firewall policy is taken off the network",
     CHAIN "02:05:30 gcp policy_association create account=p object=fp/associations/n"
           " parent=fp op=l\n"
           "02:06:00 gcp mirroring_rule create account=p object=r parent=fp"
           " destination=sg enabled=true op=g\n"
           "03:00:00 gcp policy_association delete account=p object=fp/associations/n"
           " op=x\n",
     "eg#1 ended since=02:06:00 until=03:00:00" CHAIN_ENDS
     " closed=[mallory] how=[its rule was switched off] +c +d +g -x\n"
     "eg#2 shut since=03:00:00 from=[net] to=[" SINK "] what=[nothing yet, the logs"
     " do not show: mirroring rule] foreign=unknown why=[the destination belongs to"
     " project evil] by=[mallory] +x\n"},
    {"its rule is copied into a policy that applies",
     CHAIN
     "02:05:10 gcp policy_association create account=p object=src/associations/n"
     " parent=src\n"
     "02:05:20 gcp policy_association delete account=p object=src/associations/n\n"
     "02:05:30 gcp mirroring_rule create account=p parent=src"
     " object=src/packetMirroringRules/1 destination=sg enabled=true\n"
     "02:06:00 gcp mirroring_rule attach account=p parent=fp mirrored=src op=g\n",
     "eg#1 shut since=02:02:00 until=02:06:00 from=[net] to=[" SINK "] what=[nothing"
     " yet, the logs do not show: mirroring rule] foreign=unknown why=[the destination"
     " belongs to project evil] by=[mallory] closed=[mallory] how=[a rule applies to "
     "it]"
     " +c +d -g\n"
     "eg#2 live since=02:06:00" CHAIN_ENDS " +g\n"},
    {"its policy is written without the rule",
     CHAIN "02:06:00 gcp mirroring_rule write same=w account=p parent=fp"
           " object=fp/packetMirroringRules/1 destination=sg enabled=true op=g\n"
           "02:06:00 gcp mirroring_rule list same=w n=1 op=g"
           " object=fp/packetMirroringRules/\n"
           "03:00:00 gcp mirroring_rule list op=x object=fp/packetMirroringRules/\n",
     "eg#1 ended since=02:06:00 until=03:00:00" CHAIN_ENDS
     " closed=[mallory] how=[a link of its chain is gone] +c +d +g -x\n"
     "eg#2 incomplete since=03:00:00 from=[net] to=[" SINK "] what=[nothing yet, the"
     " logs do not show: mirroring rule] foreign=unknown why=[the destination belongs"
     " to project evil] by=[mallory] +x\n"},
    {"a whole chain that only snapshots show",
     "04:00:00 gcp deployment_group observe account=p by= object=dg\n"
     "04:00:00 gcp deployment observe account=p by= object=d destination=" COLLECTOR
     " parent=dg\n"
     "04:00:00 gcp endpoint_group observe account=p by= object=eg destination=dg\n"
     "04:00:00 gcp association observe account=p by= object=as mirrored=net"
     " destination=eg\n"
     "04:00:00 gcp security_profile observe account=p by= object=sp destination=eg\n"
     "04:00:00 gcp security_profile_group observe account=p by= object=sg"
     " destination=sp\n"
     "04:00:00 gcp mirroring_rule observe account=p by= object=r destination=sg"
     " enabled=true\n",
     "eg#1 live since=- seen=04:00:00 from=[net] to=[" COLLECTOR "] what=[what the rule"
     " matches; whole packets] foreign=no\n"},
    {"a list does not show its end point group",
     CHAIN RULE "04:00:00 gcp endpoint_group list by= object=eg\n",
     "dg#1 prepared since=04:00:00 to=[" SINK "] what=[nothing yet, the logs do not"
     " show: end point group] foreign=unknown why=[the destination belongs to project"
     " evil]\n"
     "eg#1 ended since=02:06:00 until=04:00:00" CHAIN_ENDS
     " how=[ended before a snapshot that does not show it] +c +d +g\n"},
    {"only the producer's side",
     "02:00:00 gcp deployment_group create account=p object=dg op=a\n"
     "02:01:00 gcp deployment create account=p object=d destination=" COLLECTOR
     " parent=dg op=b\n",
     "dg#1 prepared since=02:00:00 to=[" COLLECTOR
     "] what=[nothing yet, the logs do not"
     " show: end point group] foreign=no by=[mallory] +a +b\n"},
};

static void gcp(void **state)
{
    (void)state;
    RUN(gcp_scenarios);
    RUN(gcp_snapshots);
    RUN(chain_scenarios);
}

/* ---- OCI ---- */

#define VTAP_ROW " foreign=unknown why=[the logs do not show whose the target is]"

#define LB                                                                             \
    " to=[lb] foreign=unknown why=[the logs do not show whose the target is]"          \
    " by=[mallory]"

static const struct scenario oci_scenarios[] = {
    {"sources of Alibaba come and go one by one",
     "02:00:00 alibaba session create account=t object=v mirrored=eni-1 destination=lb"
     " op=a\n"
     "02:10:00 alibaba session change account=t object=v mirrored=eni-2,_eni-3"
     " changed=sources op=b\n"
     "02:20:00 alibaba session change account=t object=v mirrored=eni-1"
     " removed=sources op=c\n"
     "02:30:00 alibaba session change account=t object=v mirrored=eni-2,_eni-3"
     " removed=sources op=d\n",
     "v#1 ended since=02:00:00 until=02:10:00 from=[eni-1]" LB
     " closed=[mallory] how=[changed] +a -b\n"
     "v#2 ended since=02:10:00 until=02:20:00 from=[eni-1, eni-2, eni-3]" LB
     " closed=[mallory] how=[changed] +b -c\n"
     "v#3 ended since=02:20:00 until=02:30:00 from=[eni-2, eni-3]" LB
     " closed=[mallory] how=[changed] +c -d\n"
     "v#4 incomplete since=02:30:00" LB " +d\n"},
    {"a VTAP is off until it is switched on, and ends",
     "02:00:00 oci session create account=t object=v mirrored=vnic destination=nlb"
     " filter=cf enabled=false op=a\n"
     "02:10:00 oci session write account=t object=v enabled=true op=b\n"
     "02:20:00 oci session write account=t object=v enabled=false op=c\n"
     "02:30:00 oci session delete account=t object=v op=d\n",
     "v#1 shut since=02:00:00 until=02:10:00 from=[vnic] to=[nlb] what=[capture filter"
     " cf]" VTAP_ROW " by=[mallory] closed=[mallory] how=[switched on] +a -b\n"
     "v#2 ended since=02:10:00 until=02:20:00 from=[vnic] to=[nlb] what=[capture filter"
     " cf]" VTAP_ROW " by=[mallory] closed=[mallory] how=[switched off] +b -c\n"
     "v#3 shut since=02:20:00 until=02:30:00 from=[vnic] to=[nlb] what=[capture filter"
     " cf]" VTAP_ROW " by=[mallory] closed=[mallory] how=[deleted] +c -d\n"},
    {"whether it is on is not told",
     "02:00:00 oci session create account=t object=v mirrored=vnic destination=nlb"
     " op=a\n",
     "v#1 unknown since=02:00:00 from=[vnic] to=[nlb]" VTAP_ROW
     " by=[mallory] how=[the logs do not show whether it was switched on] +a\n"},
    {"a destination by address",
     "02:00:00 oci session create account=t object=v mirrored=vnic"
     " destination=203.0.113.66 enabled=true op=a\n",
     "v#1 live since=02:00:00 from=[vnic] to=[203.0.113.66] foreign=yes why=[outside of"
     " the own networks] by=[mallory] +a\n"},
};

static void oci(void **state)
{
    (void)state;
    RUN(oci_scenarios);
}

/* ---- devices ---- */

#define SOURCE                                                                         \
    "02:00:00 cisco-ios session write object=session_1 mirrored=Gi1/0/1_rx op=s\n"
#define DESTINATION                                                                    \
    "02:01:00 cisco-ios session write object=session_1 destination=Gi1/0/24 op=d\n"
#define SPAN " from=[Gi1/0/1 rx] to=[Gi1/0/24] what=[received] foreign=no"
#define ERSPAN                                                                         \
    "02:00:00 cisco-ios session write object=session_7 kind=erspan-source op=a\n"      \
    "02:00:01 cisco-ios session write object=session_7 kind=erspan-source"             \
    " mirrored=Gi1_both op=b\n"                                                        \
    "02:00:02 cisco-ios session write object=session_7 kind=erspan-source"             \
    " destination=203.0.113.66 op=c\n"
#define FAR                                                                            \
    " from=[Gi1 both] to=[203.0.113.66] what=[received and sent] foreign=yes"          \
    " why=[a public address]"

static const struct scenario device_scenarios[] = {
    {"a source alone is half a session", SOURCE,
     "sw1/session 1/1#1 incomplete since=02:00:00 from=[Gi1/0/1 rx] what=[received]"
     " foreign=unknown why=[the logs do not show the destination] by=[mallory] +s\n"},
    {"a source and a destination copy", SOURCE DESTINATION,
     "sw1/session 1/1#1 live since=02:01:00" SPAN " by=[mallory] +d +s\n"},
    {"a line without a result counts as done",
     SOURCE "02:01:00 cisco-ios session write outcome=unknown object=session_1"
            " destination=Gi1/0/24 op=d\n",
     "sw1/session 1/1#1 live since=02:01:00" SPAN " by=[mallory] +d +s\n"},
    {"a line that the device refused is none",
     SOURCE "02:01:00 cisco-ios session write outcome=failure object=session_1"
            " destination=Gi1/0/24 op=d\n",
     "sw1/session 1/1#1 incomplete since=02:00:00 from=[Gi1/0/1 rx] what=[received]"
     " foreign=unknown why=[the logs do not show the destination] by=[mallory] +s\n"},
    {"removed",
     SOURCE DESTINATION
     "03:00:00 cisco-ios session delete object=session_1 by=alice op=x\n",
     "sw1/session 1/1#1 ended since=02:01:00 until=03:00:00" SPAN
     " by=[mallory] closed=[alice] how=[removed] +d +s -x\n"},
    {"all, ranges and others",
     SOURCE DESTINATION "02:30:00 cisco-ios session delete object=session_2-5 op=w\n"
                        "02:40:00 cisco-ios session delete object=session_remote op=v\n"
                        "03:00:00 cisco-ios session delete object=session_1-3 op=x\n",
     "sw1/session 1/1#1 ended since=02:01:00 until=03:00:00" SPAN
     " by=[mallory] closed=[mallory] how=[removed] +d +s -x\n"},
    {"a source more is a change",
     SOURCE DESTINATION "02:30:00 cisco-ios session write object=session_1"
                        " mirrored=Gi1/0/2_tx op=m\n",
     "sw1/session 1/1#1 ended since=02:01:00 until=02:30:00" SPAN
     " by=[mallory] closed=[mallory] how=[changed] +d -m +s\n"
     "sw1/session 1/1#2 live since=02:30:00 from=[Gi1/0/1 rx, Gi1/0/2 tx]"
     " to=[Gi1/0/24] what=[received and sent] foreign=no by=[mallory] +m\n"},
    {"its only source is taken away",
     SOURCE DESTINATION "02:30:00 cisco-ios session write object=session_1"
                        " mirrored=Gi1/0/1 removed=source op=m\n",
     "sw1/session 1/1#1 ended since=02:01:00 until=02:30:00" SPAN
     " by=[mallory] closed=[mallory] how=[its source or destination was taken away]"
     " +d -m +s\n"
     "sw1/session 1/1#2 incomplete since=02:30:00 to=[Gi1/0/24] foreign=no"
     " by=[mallory] +m\n"},
    {"a number that is used again is another session",
     SOURCE DESTINATION
     "03:00:00 cisco-ios session delete object=session_1 op=x\n"
     "04:00:00 cisco-ios session write object=session_1 mirrored=Gi1/0/9 op=y\n",
     "sw1/session 1/1#1 ended since=02:01:00 until=03:00:00" SPAN
     " by=[mallory] closed=[mallory] how=[removed] +d +s -x\n"
     "sw1/session 1/2#1 incomplete since=04:00:00 from=[Gi1/0/9]"
     " what=[received and sent] foreign=unknown why=[the logs do not show the"
     " destination] by=[mallory] +y\n"},
    {"an ERSPAN session of IOS starts shut", ERSPAN,
     "sw1/session 7/1#1 shut since=02:00:00" FAR " by=[mallory] +a ~b ~c\n"},
    {"and copies when it is switched on",
     ERSPAN "02:05:00 cisco-ios session write object=session_7 kind=erspan-source"
            " enabled=true op=n\n",
     "sw1/session 7/1#1 live since=02:05:00" FAR " by=[mallory] +a ~b ~c +n\n"},
    {"and is shut again",
     ERSPAN "02:05:00 cisco-ios session write object=session_7 kind=erspan-source"
            " enabled=true op=n\n"
            "02:45:00 cisco-ios session write object=session_7 kind=erspan-source"
            " enabled=false op=z\n",
     "sw1/session 7/1#1 ended since=02:05:00 until=02:45:00" FAR
     " by=[mallory] closed=[mallory] how=[shut] +a ~b ~c +n -z\n"
     "sw1/session 7/1#2 shut since=02:45:00" FAR " by=[mallory] +z\n"},
    {"every session of NX-OS starts shut",
     "02:00:00 cisco-nxos session write object=session_1 mirrored=Ethernet1/1"
     " destination=Ethernet1/48 op=a\n",
     "sw1/session 1/1#1 shut since=02:00:00 from=[Ethernet1/1] to=[Ethernet1/48]"
     " what=[received and sent] foreign=no by=[mallory] +a\n"},
    {"and stays on once it is switched on",
     "02:00:00 cisco-nxos session write object=session_1 enabled=true op=a\n"
     "02:00:01 cisco-nxos session write object=session_1 kind=local op=b\n"
     "02:00:02 cisco-nxos session write object=session_1 mirrored=Ethernet1/1"
     " destination=Ethernet1/48 op=c\n",
     "sw1/session 1/1#1 ended since=- until=02:00:02 foreign=unknown why=[the logs do"
     " not show the destination] closed=[mallory] how=[changed] ~a ~b -c\n"
     "sw1/session 1/1#2 live since=02:00:02 from=[Ethernet1/1] to=[Ethernet1/48]"
     " what=[received and sent] foreign=no by=[mallory] +c\n"},
    {"a private destination is own until networks are declared",
     "02:00:00 eos session write object=session_M mirrored=Et1 destination=10.9.9.9"
     " op=a\n",
     "sw1/session M/1#1 live since=02:00:00 from=[Et1] to=[10.9.9.9]"
     " what=[received and sent] foreign=no why=[a private address] by=[mallory] +a\n"},
    {"switched on, and made before the log",
     "02:00:00 cisco-ios session write object=session_7 enabled=true op=n\n",
     "sw1/session 7/1#1 unknown since=- foreign=unknown why=[the logs do not show the"
     " destination] how=[made before the log starts] ~n\n"},
    {"removed, and made before the log",
     "02:00:00 cisco-ios session delete object=session_4 op=x\n",
     "sw1/session 4/1#1 ended since=- until=02:00:00 foreign=unknown why=[the logs do"
     " not show the destination] closed=[mallory] how=[removed] -x\n"},
    {"lines without a stamp",
     "- cisco-ios session write object=session_1 mirrored=Gi1/0/1_rx op=s\n"
     "- cisco-ios session write object=session_1 destination=Gi1/0/24 op=d\n",
     "sw1/session 1/1#1 live since=-" SPAN
     " by=[mallory] how=[since when is not known: what made it has no time] +d +s\n"},
    {"the same line in two logs",
     SOURCE "02:00:00 cisco-ios session write same=act_0 object=session_1"
            " mirrored=Gi1/0/1_rx op=s\n" DESTINATION,
     "sw1/session 1/1#1 live since=02:01:00" SPAN " by=[mallory] +d +s\n"},
};

static const struct scenario device_configurations[] = {
    {"a reload without a save",
     SOURCE DESTINATION "03:00:00 cisco-ios configuration restart by=\n",
     "sw1/session 1/1#1 ended since=02:01:00 until=03:00:00" SPAN
     " by=[mallory] how=[a reload, and no save in the logs] +d +s\n"
     "sw1/session 1/1#2 unknown since=03:00:00" SPAN
     " how=[unknown after a reload: no save in the logs]\n"},
    {"a reload after a save",
     SOURCE DESTINATION "02:30:00 cisco-ios configuration save\n"
                        "03:00:00 cisco-ios configuration restart\n",
     "sw1/session 1/1#1 live since=02:01:00" SPAN " by=[mallory] +d +s\n"},
    {"a removal that was not saved",
     SOURCE DESTINATION "02:30:00 cisco-ios configuration save\n"
                        "02:40:00 cisco-ios session delete object=session_1 op=x\n"
                        "03:00:00 cisco-ios configuration restart by=\n",
     "sw1/session 1/1#1 ended since=02:01:00 until=02:40:00" SPAN
     " by=[mallory] closed=[mallory] how=[removed] +d +s -x\n"
     "sw1/session 1/1#2 unknown since=03:00:00" SPAN
     " how=[back after a reload, unless its removal was saved unseen]\n"},
    {"Junos: nothing is done before the commit",
     "02:00:00 junos session write object=analyzer_A mirrored=ge-0/0/1 op=a\n"
     "02:00:01 junos session write object=analyzer_A destination=203.0.113.66 op=b\n",
     "sw1/analyzer A/1#1 pending since=02:00:00 from=[ge-0/0/1] to=[203.0.113.66]"
     " what=[received and sent] foreign=yes why=[a public address] by=[mallory]"
     " how=[no commit in the logs] +a ~b\n"},
    {"Junos: committed",
     "02:00:00 junos session write outcome=pending object=analyzer_A"
     " mirrored=ge-0/0/1 op=a\n"
     "02:00:01 junos session write outcome=pending object=analyzer_A"
     " destination=203.0.113.66 op=b\n"
     "02:05:00 junos configuration commit by=root\n",
     "sw1/analyzer A/1#1 live since=02:05:00 from=[ge-0/0/1] to=[203.0.113.66]"
     " what=[received and sent] foreign=yes why=[a public address] by=[mallory] +a "
     "+b\n"},
    {"Junos: rolled back",
     "02:00:00 junos session write object=analyzer_A mirrored=ge-0/0/1 op=a\n"
     "02:01:00 junos configuration rollback\n"
     "02:05:00 junos configuration commit\n",
     ""},
    {"IOS XR: only commits are logged",
     "02:00:00 cisco-iosxr configuration commit label=1000000092\n"
     "02:05:00 cisco-iosxr configuration commit label=1000000093\n",
     "sw1/commits/1#1 unknown since=02:00:00 foreign=unknown why=[the logs do not show"
     " the destination] by=[mallory] how=[the logs do not show what 2 commits (last"
     " 1000000093) changed]\n"},
};

static void devices(void **state)
{
    (void)state;
    RUN(device_scenarios);
    RUN(device_configurations);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aws),    cmocka_unit_test(azure), cmocka_unit_test(gcp),
        cmocka_unit_test(tagged), cmocka_unit_test(oci),   cmocka_unit_test(devices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
