/* nnd.y: the grammar. Builds the syntax tree and nothing else: no names are looked up here.
 *
 * Line ends mean nothing, so a statement ends where the next one begins: no expression can be followed
 * by a name or a keyword. Statements begin with a name or a keyword, never with '(' or '['.
 *
 * Recovery: after an error parse.c skips to where a line begins a new statement or item and sends
 * TOKEN_RESYNC there, or one TOKEN_RESYNC_CLOSE for each open brace when a new item begins although
 * braces are open. The wording of errors is in parse.c too. */
%code requires {
#include "front/parse.h"
}

%define api.prefix {nnd_}
%define api.pure full
%define api.token.prefix {TOKEN_}
%define api.location.type {Span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%param {Parse *parse}

%union {
    int64_t integer;
    double real;
    Str text;
    Name name;
    Operator op;
    AstExpr *expr;
    AstExprList *exprs;
    Arg arg;
    ArgList *args;
    NameList *names;
    TableRow row;
    TableRowList *rows;
    Place place;
    PlaceList *places;
    TypeExpr type;
    AstStmt *stmt;
    AstStmtList *stmts;
    IfArm arm;
    Domain domain;
    BlockParam block_param;
    BlockParamList *block_params;
    Setting setting;
    SettingList *settings;
    Item *item;
}

%code {
#define YYLLOC_DEFAULT(current, rhs, count)                                        \
    ((current) = (count) > 0 ? span_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, count))   \
                             : (Span){YYRHSLOC(rhs, 0).pos + YYRHSLOC(rhs, 0).len, \
                                      0, YYRHSLOC(rhs, 0).file})


/* Lists are pointers to growable arrays; the first item makes the array. */
#define NEW_LIST(T) arena_new(parse->arena, T)
#define PUSH(list, ...) vec_push(parse->arena, (list), __VA_ARGS__)
}

%token END 0 "end of file"
%token IMPORT "'import'" PARAM "'param'" LET "'let'" BLOCK "'block'" MODEL "'model'"
%token DATA "'data'" TRAIN "'train'" SEARCH "'search'"
%token INPUT "'input'" TARGET "'target'" OUTPUT "'output'" LOSS "'loss'" METRIC "'metric'"
%token FOR "'for'" IN "'in'" STEP "'step'" IF "'if'" ELSE "'else'" RETURN "'return'"
%token FREEZE "'freeze'" SHARE "'share'"
%token TABLE "'table'" TRUE "'true'" FALSE "'false'" AND "'and'" OR "'or'" NOT "'not'"
%token ARROW "'->'" RANGE "'..'" POWER "'**'" EQUAL "'=='" NOT_EQUAL "'!='"
%token LESS_EQUAL "'<='" GREATER_EQUAL "'>='"
%token RESYNC "next statement" RESYNC_CLOSE "next section"
%token <text> NAME "a name" STRING "a string"
%token <integer> INTEGER "a number"
%token <real> REAL "a real number"

%type <name> name argument_name field_name scale
%type <names> names
%type <op> comparison
%type <expr> value expression or_value and_value not_value compared sum product unary power postfix
%type <expr> primary named stage data_value table_value table_number
%type <exprs> expressions table_values indexes
%type <arg> argument measure
%type <args> arguments optional_arguments
%type <row> row
%type <rows> rows
%type <place> place
%type <places> places
%type <type> type
%type <stmt> statement if_statement entry
%type <stmts> statements entries
%type <arm> arm
%type <domain> domain optional_domain
%type <expr> optional_step
%type <block_param> block_param
%type <block_params> block_params optional_block_params
%type <setting> setting
%type <settings> settings
%type <item> item

%%

/* ---- files and items ---- */

file:
    %empty
|   file item                       { PUSH(&parse->syntax->items, $item); }
|   file error RESYNC               { yyerrok; }
;

item:
    IMPORT STRING                   { $$ = ast_item(parse, ITEM_IMPORT, @$);
                                      $$->path = $STRING; $$->end_span = @STRING; }
|   PARAM name optional_domain '=' value
                                    { $$ = ast_item(parse, ITEM_PARAM, @$); $$->name = $name;
                                      $$->param.domain = $optional_domain;
                                      $$->param.value = $value; }
|   LET name '=' value              { $$ = ast_item(parse, ITEM_LET, @$); $$->name = $name;
                                      $$->param.value = $value; }
|   BLOCK name '(' optional_block_params ')' '{' statements close
                                    { $$ = ast_item(parse, ITEM_BLOCK, @$); $$->name = $name;
                                      $$->block.params = *$optional_block_params;
                                      $$->block.body = *$statements; $$->end_span = @close; }
|   MODEL name '{' statements close { $$ = ast_item(parse, ITEM_MODEL, @$); $$->name = $name;
                                      $$->block.body = *$statements; $$->end_span = @close; }
|   DATA '{' entries close          { $$ = ast_item(parse, ITEM_DATA, @$);
                                      $$->name = (Name){STR("data"), @DATA};
                                      $$->block.body = *$entries; $$->end_span = @close; }
|   TRAIN '{' settings close        { $$ = ast_item(parse, ITEM_TRAIN, @$);
                                      $$->name = (Name){STR("train"), @TRAIN};
                                      $$->settings = *$settings; $$->end_span = @close; }
;

/* A section that ends without its brace has had its error. */
close:
    '}'
|   RESYNC_CLOSE
|   error RESYNC_CLOSE              { yyerrok; }
;

optional_domain:
    %empty                          { $$ = (Domain){0}; }
|   ':' domain                      { $$ = $domain; $$.span = @domain; }
;

domain:
    name                            { $$ = (Domain){.kind = $name}; }
|   name IN expression optional_step scale
                                    { $$ = (Domain){.kind = $name, .range = $expression,
                                                    .step = $optional_step, .scale = $scale}; }
|   name '(' arguments optional_comma ')'
                                    { $$ = (Domain){.kind = $name, .choices = *$arguments}; }
;

optional_step:
    %empty                          { $$ = NULL; }
|   STEP or_value                   { $$ = $or_value; }
;

scale:
    %empty                          { $$ = (Name){0}; }
|   NAME                            { $$ = (Name){$NAME, @NAME}; }
;

optional_block_params:
    %empty                          { $$ = NEW_LIST(BlockParamList); }
|   block_params optional_comma
;

block_params:
    block_param                     { $$ = NEW_LIST(BlockParamList); PUSH($$, $block_param); }
|   block_params[list] ',' block_param
                                    { $$ = $list; PUSH($$, $block_param); }
;

block_param:
    name                            { $$ = (BlockParam){$name, NULL}; }
|   name '=' value                  { $$ = (BlockParam){$name, $value}; }
;

optional_comma: %empty | ',';

/* ---- statements of models and blocks ---- */

statements:
    %empty                          { $$ = NEW_LIST(AstStmtList); }
|   statements[list] statement      { $$ = $list; PUSH($$, $statement); }
|   statements[list] error RESYNC   { $$ = $list; yyerrok; }
;

statement:
    INPUT name ':' type             { $$ = ast_stmt(parse, AST_INPUT, @$);
                                      $$->declare.name = $name; $$->declare.type = $type; }
|   TARGET name ':' type            { $$ = ast_stmt(parse, AST_TARGET, @$);
                                      $$->declare.name = $name; $$->declare.type = $type; }
|   OUTPUT names                    { $$ = ast_stmt(parse, AST_OUTPUT, @$); $$->output = *$names; }
|   LOSS measure                    { $$ = ast_stmt(parse, AST_LOSS, @$);
                                      $$->measure.name = $measure.name;
                                      $$->measure.value = $measure.value; }
|   METRIC measure                  { $$ = ast_stmt(parse, AST_METRIC, @$);
                                      $$->measure.name = $measure.name;
                                      $$->measure.value = $measure.value; }
|   places '=' value                { $$ = ast_stmt(parse, AST_ASSIGN, @$);
                                      $$->assign.places = *$places; $$->assign.value = $value; }
|   FOR name IN expression '{' statements close
                                    { $$ = ast_stmt(parse, AST_FOR, @$);
                                      $$->loop.variable = $name; $$->loop.range = $expression;
                                      $$->loop.body = *$statements; $$->loop.end_span = @close;
                                      ast_stmt_nest(parse, $$, $statements); }
|   if_statement
|   RETURN expressions              { $$ = ast_stmt(parse, AST_RETURN, @$);
                                      $$->results = *$expressions; }
|   SHARE name '=' value            { $$ = ast_stmt(parse, AST_SHARE, @$);
                                      $$->measure.name = $name; $$->measure.value = $value; }
|   FREEZE '(' expressions optional_comma ')'
                                    { $$ = ast_stmt(parse, AST_FREEZE, @$);
                                      $$->results = *$expressions; }
;

if_statement:
    arm                             { $$ = ast_stmt(parse, AST_IF, @$); PUSH(&$$->arms, $arm);
                                      ast_stmt_nest(parse, $$, &$arm.body); }
|   if_statement[before] ELSE arm   { $$ = $before; $$->span = @$;
                                      $arm.span = span_join(@ELSE, $arm.span);
                                      PUSH(&$$->arms, $arm);
                                      ast_stmt_nest(parse, $$, &$arm.body); }
|   if_statement[before] ELSE '{' statements close
                                    { $$ = $before; $$->span = @$;
                                      PUSH(&$$->arms, (IfArm){NULL, *$statements, @ELSE, @close});
                                      ast_stmt_nest(parse, $$, $statements); }
;

arm:
    IF expression '{' statements close
                                    { $$ = (IfArm){$expression, *$statements,
                                                   span_join(@IF, @expression), @close}; }
;

measure:
    value                           { $$ = (Arg){.value = $value, .span = @$}; }
|   NAME '=' value                  { $$ = (Arg){{$NAME, @NAME}, $value, @$}; }
;

places:
    place                           { $$ = NEW_LIST(PlaceList); PUSH($$, $place); }
|   places[list] ',' place          { $$ = $list; PUSH($$, $place); }
;

place:
    NAME                            { $$ = (Place){.name = {$NAME, @NAME}, .span = @$}; }
|   NAME indexes                    { $$ = (Place){{$NAME, @NAME}, *$indexes, @$}; }
;

names:
    name                            { $$ = NEW_LIST(NameList); PUSH($$, $name); }
|   names[list] ',' name            { $$ = $list; PUSH($$, $name); }
;

type:
    name                            { $$ = (TypeExpr){.name = $name, .span = @$}; }
|   name indexes                    { $$ = (TypeExpr){.name = $name, .dims = *$indexes, .span = @$}; }
|   name indexes[classes] indexes[dims]
                                    { $$ = (TypeExpr){$name, *$dims, *$classes, true, @$}; }
;

/* Words that begin no statement of a model may name things. */
name:
    NAME                            { $$ = (Name){$NAME, @$}; }
|   TRAIN                           { $$ = (Name){STR("train"), @$}; }
|   DATA                            { $$ = (Name){STR("data"), @$}; }
;

/* ---- data and train ---- */

entries:
    %empty                          { $$ = NEW_LIST(AstStmtList); }
|   entries[list] entry             { $$ = $list; PUSH($$, $entry); }
|   entries[list] error RESYNC      { $$ = $list; yyerrok; }
;

entry:
    name '=' data_value             { $$ = ast_stmt(parse, AST_ASSIGN, @$);
                                      PUSH(&$$->assign.places,
                                           (Place){.name = $name, .span = @name});
                                      $$->assign.value = $data_value; }
;

data_value:
    value
|   TABLE '{' rows close            { $$ = ast_table(parse, @$, $rows); }
;

rows:
    %empty                          { $$ = NEW_LIST(TableRowList); }
|   rows[list] row                  { $$ = $list; PUSH($$, $row); }
|   rows[list] error RESYNC         { $$ = $list; yyerrok; }
;

row:
    table_values[inputs] ARROW table_values[targets]
                                    { $$ = (TableRow){*$inputs, *$targets, @$}; }
;

table_values:
    table_value                     { $$ = NEW_LIST(AstExprList); PUSH($$, $table_value); }
|   table_values[list] ',' table_value
                                    { $$ = $list; PUSH($$, $table_value); }
;

table_value:
    table_number
|   '[' table_values optional_comma ']'
                                    { $$ = ast_list(parse, @$, $table_values); }
;

table_number:
    INTEGER                         { $$ = ast_integer(parse, @$, $INTEGER); }
|   REAL                            { $$ = ast_real(parse, @$, $REAL); }
|   '-' table_number[number]        { $$ = ast_unary(parse, @$, OPERATOR_NEGATE, @1, $number); }
;

settings:
    %empty                          { $$ = NEW_LIST(SettingList); }
|   settings[list] setting          { $$ = $list; PUSH($$, $setting); }
|   settings[list] error RESYNC     { $$ = $list; yyerrok; }
;

setting:
    NAME arguments                  { $$ = (Setting){{$NAME, @NAME}, *$arguments, @$}; }
;

/* ---- expressions ---- */

value:
    expression
|   value[left] ARROW stage         { $$ = ast_pipe(parse, @$, $left, $stage); }
;

stage:
    NAME                            { $$ = ast_call(parse, @$, (Name){$NAME, @NAME}, NULL); }
|   NAME '(' optional_arguments ')' { $$ = ast_call(parse, @$, (Name){$NAME, @NAME},
                                                    $optional_arguments); }
;

expression:
    or_value
|   or_value[first] RANGE or_value[last]
                                    { $$ = ast_range(parse, @$, $first, $last); }
;

or_value:
    and_value
|   or_value[left] OR and_value[right]
                                    { $$ = ast_binary(parse, @$, OPERATOR_OR, @OR, $left, $right); }
;

and_value:
    not_value
|   and_value[left] AND not_value[right]
                                    { $$ = ast_binary(parse, @$, OPERATOR_AND, @AND, $left, $right); }
;

not_value:
    compared
|   NOT not_value[right]            { $$ = ast_unary(parse, @$, OPERATOR_NOT, @NOT, $right); }
;

compared:
    sum
|   sum[left] comparison sum[right] { $$ = ast_binary(parse, @$, $comparison, @comparison,
                                                      $left, $right); }
;

comparison:
    EQUAL                           { $$ = OPERATOR_EQUAL; }
|   NOT_EQUAL                       { $$ = OPERATOR_NOT_EQUAL; }
|   '<'                             { $$ = OPERATOR_LESS; }
|   LESS_EQUAL                      { $$ = OPERATOR_LESS_EQUAL; }
|   '>'                             { $$ = OPERATOR_GREATER; }
|   GREATER_EQUAL                   { $$ = OPERATOR_GREATER_EQUAL; }
;

sum:
    product
|   sum[left] '+' product[right]    { $$ = ast_binary(parse, @$, OPERATOR_ADD, @2, $left, $right); }
|   sum[left] '-' product[right]    { $$ = ast_binary(parse, @$, OPERATOR_SUBTRACT, @2, $left,
                                                      $right); }
;

product:
    unary
|   product[left] '*' unary[right]  { $$ = ast_binary(parse, @$, OPERATOR_MULTIPLY, @2, $left,
                                                      $right); }
|   product[left] '/' unary[right]  { $$ = ast_binary(parse, @$, OPERATOR_DIVIDE, @2, $left,
                                                      $right); }
|   product[left] '%' unary[right]  { $$ = ast_binary(parse, @$, OPERATOR_REMAINDER, @2, $left,
                                                      $right); }
;

unary:
    power
|   '-' unary[right]                { $$ = ast_unary(parse, @$, OPERATOR_NEGATE, @1, $right); }
;

/* As in Python: -a ** b is -(a ** b), and a ** b ** c is a ** (b ** c). */
power:
    postfix
|   postfix[left] POWER unary[right]
                                    { $$ = ast_binary(parse, @$, OPERATOR_POWER, @POWER, $left,
                                                      $right); }
;

postfix:
    primary
|   named
;

/* What may be indexed. Numbers and lists may not, so that a '[' after them begins something new. */
named:
    name                            { $$ = ast_name(parse, @$, $name.text); }
|   NAME '(' optional_arguments ')' { $$ = ast_call(parse, @$, (Name){$NAME, @NAME},
                                                    $optional_arguments); }
|   '(' value ')'                   { $$ = $value; $$->has_parens = true; }
|   named[object] '.' field_name    { $$ = ast_field(parse, @$, $object, $field_name); }
|   named[object] indexes           { $$ = ast_index(parse, @$, $object, $indexes); }
;

primary:
    INTEGER                         { $$ = ast_integer(parse, @$, $INTEGER); }
|   REAL                            { $$ = ast_real(parse, @$, $REAL); }
|   STRING                          { $$ = ast_string(parse, @$, $STRING); }
|   TRUE                            { $$ = ast_boolean(parse, @$, true); }
|   FALSE                           { $$ = ast_boolean(parse, @$, false); }
|   '[' ']'                         { $$ = ast_list(parse, @$, NEW_LIST(AstExprList)); }
|   '[' expressions optional_comma ']'
                                    { $$ = ast_list(parse, @$, $expressions); }
;

indexes:
    '[' expressions optional_comma ']'
                                    { $$ = $expressions; }
;

expressions:
    value                           { $$ = NEW_LIST(AstExprList); PUSH($$, $value); }
|   expressions[list] ',' value     { $$ = $list; PUSH($$, $value); }
;

optional_arguments:
    %empty                          { $$ = NEW_LIST(ArgList); }
|   arguments optional_comma
;

arguments:
    argument                        { $$ = NEW_LIST(ArgList); PUSH($$, $argument); }
|   arguments[list] ',' argument    { $$ = $list; PUSH($$, $argument); }
;

argument:
    value                           { $$ = (Arg){.value = $value, .span = @$}; }
|   argument_name '=' value         { $$ = (Arg){$argument_name, $value, @$}; }
;

argument_name:
    name
|   keyword                         { $$ = (Name){source_text(parse->sources, @$), @$}; }
;

field_name:
    name
|   keyword                         { $$ = (Name){source_text(parse->sources, @$), @$}; }
;

/* Reserved words that may still name an attribute or a field. */
keyword:
    INPUT | TARGET | OUTPUT | LOSS | METRIC | IN | STEP | TABLE | MODEL | BLOCK | SEARCH | FREEZE | SHARE
;

%%

/* Hands parse.c the readable names of the tokens that could stand here. */
static int yyreport_syntax_error(const yypcontext_t *context, Parse *parse)
{
    enum { MAX_EXPECTED = YYNTOKENS };
    yysymbol_kind_t kinds[MAX_EXPECTED];
    const char *names[MAX_EXPECTED];
    int count = yypcontext_expected_tokens(context, kinds, MAX_EXPECTED);
    for (int i = 0; i < count; i++)
        names[i] = yysymbol_name(kinds[i]);
    parse_report(parse, names, count);
    return 0;
}
