int digital_root(long number);

int main(void)
{
    return !(digital_root(38) == 2 && digital_root(999999999L) == 9 && digital_root(493193) == 2);
}
