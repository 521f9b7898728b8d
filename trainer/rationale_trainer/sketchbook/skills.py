"""The table of skills: one line each. A weight is the skill's share in the training draw; hard skills get more."""

from .scenes import balance, charts, circuits, counting, food_chains, forces, lengths, magnetism, maps, moon, particles, thermometer, words

SKILLS = {
    "magnets": (magnetism.magnets, 0.8),
    "magnetic force": (magnetism.magnetic_force, 0.6),
    "thermometer": (thermometer.thermometer, 1.2),
    "food chains": (food_chains.food_chain, 1.5),
    "balance": (balance.balance, 1.2),
    "counting": (counting.counting, 1.5),
    "maps": (maps.farthest_place, 1.5),
    "circuits": (circuits.circuit, 0.8),
    "solutions": (particles.solutions, 1.2),
    "bar charts": (charts.bar_chart, 1.5),
    "states of matter": (particles.states, 0.6),
    "length": (lengths.length, 1.2),
    "forces": (forces.forces, 0.8),
    "moon phases": (moon.moon_phase, 0.7),
    "classification": (words.classification, 0.7),
    "units": (words.units, 0.7),
}
