"""Everything said to Azure: the only folder that imports the Azure SDK. It knows facts, not intentions."""
