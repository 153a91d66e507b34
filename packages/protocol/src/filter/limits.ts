/** How large a filter or order may be, so that no caller can keep a server busy with one. */

/** The longest text of a filter, in UTF-16 units. */
export const MAX_FILTER_TEXT_LENGTH = 1_048_576;
/** The deepest nesting of lists and objects in a filter. */
export const MAX_FILTER_DEPTH = 64;
/** How many logical nodes and field tests a filter may have. */
export const MAX_FILTER_NODES = 10_000;
/** How many JSON values a filter may hold, the members of long `$in` lists included. */
export const MAX_FILTER_VALUES = 100_000;
/** The longest pattern of a `$regex`. */
export const MAX_REGEX_LENGTH = 1_000;
/** The longest text of an order, in UTF-16 units. */
export const MAX_ORDER_TEXT_LENGTH = 10_000;
/** How many keys an order may have. */
export const MAX_ORDER_KEYS = 32;
/** How many dots a field's name may have. */
export const MAX_FIELD_DOTS = 64;
