"""Reads C++ as far as lints need it: its functions, and its statements with what stands in them.

It knows no types and no macros. It tells blocks, lambda bodies and braced initializers apart by the tokens before the
brace, which is enough for code in this project's style; the self-tests of the lints say what it must get right.
"""
import re
from dataclasses import dataclass, field

LITERAL = re.compile(
    r'(?P<raw>\b(?:u8|[uUL])?R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)")'
    r'|(?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)'
    r'|(?P<string>"(?:\\.|[^"\\\n])*")'
    r"|(?P<number>\b[0-9](?:'?[0-9a-zA-Z.])*)"
    r"|(?P<char>'(?:\\.|[^'\\\n])+')"
    r"|(?P<directive>^[ \t]*\#(?:\\\n|//[^\n]*|/\*.*?\*/|[^\n])*)", re.S | re.M)
TOKEN = re.compile(r'"\s*"|\w+|->|::|&&|\|\||<<|[^\s\w]')

TYPE_WORDS = {"namespace", "class", "struct", "union", "enum"}
CONTROL_WORDS = {"if", "for", "while", "switch", "catch"}
BLOCK_WORDS = {"else", "do", "try"}
AFTER_PARAMETERS = {"const", "noexcept", "override", "final", "mutable", "&", "&&", "try"}
BEFORE_LAMBDA = set("(,={};?:!+-*/%<>&|") | {"&&", "||", "<<", "return", "co_return", "co_await", "co_yield"}
NOT_A_NAME = {"requires", "noexcept", "alignas", "decltype", "explicit"}


def blank(text):
    """The text with comments, directives and the insides of literals replaced by spaces; lines stay where they are."""
    def spaces(match):
        if match.lastgroup == "number":
            return match.group()
        inside = re.sub(r"[^\n]", " ", match.group())
        is_literal = match.lastgroup in ("raw", "delimiter", "string", "char")
        return '"' + inside[1:-1] + '"' if is_literal else inside
    return LITERAL.sub(spaces, text)


@dataclass
class Statement:
    """A statement, or the head of an if, for, while or switch; the insides of lambda bodies are statements of their own."""
    tokens: list = field(default_factory=list)
    lines: list = field(default_factory=list)
    braces: bool = False  # has a braced initializer
    lambdas: bool = False
    binding: bool = False  # declares a structured binding

    def last(self, back=1):
        return self.tokens[-back] if len(self.tokens) >= back else None


@dataclass
class Function:
    name: str
    first_line: int
    last_line: int


@dataclass
class Context:
    """What the innermost open brace holds: a namespace or class (scope), statements (code) or values (init)."""
    kind: str
    statement: Statement
    part: bool = False  # what the brace opened is part of the statement around it
    function: Function | None = None
    parens: int = 0
    lambda_at: int | None = None  # a lambda's body is due at this depth of parentheses
    control: bool = False  # the statement is the head of an if, for, while, ...


class Reader:
    """Walks over the tokens of one file; afterwards functions and statements hold what it found."""

    def __init__(self, text):
        self.functions = []
        self.statements = []
        self.stack = [Context("scope", Statement())]
        text = blank(text)
        line, seen = 1, 0
        for match in TOKEN.finditer(text):
            line += text.count("\n", seen, match.start())
            seen = match.start()
            self.step(match.group(), line)

    def step(self, token, line):
        context = self.stack[-1]
        statement = context.statement
        if token == "{":
            return self.open_brace(context, line)
        if token == "}":
            return self.close_brace(line)
        if token == ";" and context.kind != "init" and (context.parens == 0 or context.control):
            return self.end_statement(context, keep_control=context.parens > 0)
        if token == "[":
            self.open_bracket(context)
        elif token == "(":
            if statement.last() in CONTROL_WORDS or (statement.last() == "constexpr" and statement.last(2) == "if"):
                context.control = context.control or context.parens == 0
            context.parens += 1
        elif token in ")]":
            context.parens -= 1
        statement.tokens.append(token)
        statement.lines.append(line)
        if context.kind == "code" and context.parens == 0:
            is_head = context.control and token == ")"
            is_label = token == ":" and statement.tokens[0] in ("case", "default")
            if is_head or is_label:
                self.end_statement(context)

    def open_bracket(self, context):
        statement = context.statement
        last = statement.last()
        if last == "auto" or (last in ("&", "&&") and statement.last(2) == "auto"):
            statement.binding = True
        elif last == "[":  # an attribute
            context.lambda_at = None
        elif last is None or last in BEFORE_LAMBDA:
            context.lambda_at = context.parens
        context.parens += 1

    def open_brace(self, context, line):
        statement = context.statement
        if context.lambda_at == context.parens and self.is_lambda(statement):
            context.lambda_at = None
            statement.lambdas = True
            self.stack.append(Context("code", Statement(), part=True))
            return
        kind = self.kind_of_brace(context)
        if kind == "init":
            statement.braces = True
            statement.tokens.append("{")
            statement.lines.append(line)
            self.stack.append(Context("init", statement, part=True))
            return
        function = None
        if kind == "code" and context.kind == "scope":
            function = Function(function_name(statement.tokens), (statement.lines or [line])[0], line)
        self.stack.append(Context(kind, Statement(), function=function))

    @staticmethod
    def is_lambda(statement):
        """After the brackets: nothing, parameters, template parameters, specifiers or a result type."""
        last = statement.last()
        return last in ("]", ")", ">") or last in AFTER_PARAMETERS or "->" in statement.tokens[-12:]

    @staticmethod
    def kind_of_brace(context):
        tokens = context.statement.tokens
        if context.kind == "init":
            return "init"
        if context.kind == "code":
            if not tokens or tokens[0] in BLOCK_WORDS:
                return "code"
            is_type = tokens[0] in TYPE_WORDS and context.parens == 0
            return "scope" if is_type and "=" not in tokens else "init"
        last = tokens[-1] if tokens else None
        if last == "requires" or context.parens > 0:
            return "init"
        if "(" in tokens:
            parameters = tokens.index("(")
            if last in (")", "}") or last in AFTER_PARAMETERS or {"->", "requires"} & set(tokens[parameters:]):
                return "code"
        if "=" in without_template(tokens) or (":" in tokens and "(" in tokens):
            return "init"
        return "scope" if TYPE_WORDS & set(tokens) or "extern" in tokens else "init"

    def close_brace(self, line):
        if len(self.stack) == 1:
            return
        closed = self.stack.pop()
        context = self.stack[-1]
        if closed.kind != "init":
            self.end_statement(closed)
        if closed.part:
            context.statement.tokens.append("}")
            context.statement.lines.append(line)
            return
        if closed.function:
            closed.function.last_line = line
            self.functions.append(closed.function)
        self.end_statement(context)

    def end_statement(self, context, keep_control=False):
        if context.statement.tokens:
            self.statements.append(context.statement)
        context.statement = Statement()
        context.lambda_at = None
        if not keep_control:
            context.control = False
            context.parens = 0


def without_template(tokens):
    """The tokens behind the template parameters, which may hold a = of their own."""
    if tokens[:1] != ["template"]:
        return tokens
    depth = 0
    for index, token in enumerate(tokens):
        depth += {"<": 1, ">": -1}.get(token, 0)
        if token == ">" and depth == 0:
            return without_template(tokens[index + 1:])
    return tokens


def function_name(tokens):
    """The name in front of the parameters; of a test macro with its arguments."""
    for index, token in enumerate(tokens):
        if token != "(" or index == 0 or tokens[index - 1] in NOT_A_NAME:
            continue
        if "operator" in tokens[:index]:
            return "operator" + "".join(tokens[tokens.index("operator") + 1:index])
        if not re.fullmatch(r"\w+", tokens[index - 1]):
            continue
        start = index - 1
        while start > 0 and (tokens[start] in ("::", "~") or tokens[start - 1] in ("::", "~")):
            start -= 1
        name = "".join(tokens[start:index])
        if name.startswith("TEST"):
            name += "".join(tokens[index:tokens.index(")", index) + 1]).replace(",", ", ")
        return name
    return "?"
