"""What ids mean: a configuration -> the names, promises and scales that reports need. Pure."""

from protocol.configuration import Configuration
from queue_server.reporting.rows import House, LevelMeaning, Meaning, ServiceMeaning


def meaning_of(configuration: Configuration) -> Meaning:
    """Take from a configuration what reports need to know of its ids."""
    scales = (configuration.rating_scale, *configuration.later_scales)
    return Meaning(
        services={
            one.service_id: ServiceMeaning(names=one.names, target_waiting_s=one.target_waiting_s)
            for one in configuration.services
        },
        outcome_names={one.outcome_id: one.names for one in configuration.outcomes},
        reason_names={one.reason_id: one.names for one in configuration.reasons},
        served_outcomes=frozenset(one.outcome_id for one in configuration.outcomes if one.served),
        satisfied={
            scale.scale_id: frozenset(level.level for level in scale.levels if level.satisfied) for scale in scales
        },
        class_names={one.priority_class_id: one.names for one in configuration.priority_classes},
        counter_numbers={one.counter_id: one.number for one in configuration.counters},
        levels={
            scale.scale_id: tuple(
                LevelMeaning(names=level.names, official=level.official, low=level.asks_reason)
                for level in scale.levels
            )
            for scale in scales
        },
        house=House(
            target_percent=configuration.satisfaction.target_percent,
            least_rated=configuration.satisfaction.least_rated,
            least_compared=configuration.satisfaction.least_compared,
            publish_results=configuration.satisfaction.publish_results,
            forms=configuration.evaluation_forms,
        ),
        rating_reason_names={reason.reason_id: reason.names for scale in scales for reason in scale.reasons},
        voice_channels=configuration.voices.channels,
        voice_kind_names={one.kind_id: one.names for one in configuration.voices.kinds},
        links=configuration.ticket_link.kind != "code",
    )
