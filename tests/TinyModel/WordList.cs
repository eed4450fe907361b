namespace Gateway.TestModels;

/// <summary>The words that the model answers with.</summary>
internal static class WordList
{
    public static readonly string[] All =
        """
        the a an of to and in is it for on with as at by from or that this be
        are was will can not all one two three has have had its but if then when where
        which who how why yes no ok model token answer question gateway server request
        response client key quota limit queue stream batch worker engine cache prompt
        context window number value result error retry time second minute hour day user
        team cost price budget usage report log trace metric alert health ready start
        stop open close read write send receive small large fast slow first last next
        new old good simple plain clear short long high low about after before between
        under over again also only more most less many some each every other same
        """.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
}
