"""What a tree of files means: snapshots, facts about their bytes, models, lineage; nothing is judged here."""
